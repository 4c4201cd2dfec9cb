import AVFoundation
import Flutter

/// The app's `AVAudioSession`, for Dart: sets its category, activates it and lets it go, and tells of interruptions and of outputs
/// that were unplugged. What is paused then is decided in Dart (`AudioSessionPolicy`). Runs on the main thread.
///
/// `configure` takes `mixesWithOthers`, `ducksOthers` and `isSpokenAudio`; `activate` answers whether it is active; `deactivate` lets
/// others go on. Events are maps with a `kind`: `interruptionBegan` (`mayDuck`, `isPermanent`), `interruptionEnded` (`shouldResume`),
/// `outputUnplugged`, `routeChanged`, `reset`.
final class AudioSession: NSObject, FlutterStreamHandler {
    private let session = AVAudioSession.sharedInstance()
    private var sink: FlutterEventSink?
    private var observers: [NSObjectProtocol] = []

    func handle(_ call: FlutterMethodCall, result: FlutterResult) {
        do {
            switch call.method {
            case "configure":
                try configure(call.arguments as? [String: Any] ?? [:])
                result(nil)
            case "activate":
                result(activate())
            case "deactivate":
                // Whoever was silenced or made quieter goes on.
                try session.setActive(false, options: .notifyOthersOnDeactivation)
                result(nil)
            default:
                result(FlutterMethodNotImplemented)
            }
        } catch {
            result(FlutterError(code: "audio_session", message: error.localizedDescription, details: nil))
        }
    }

    func onListen(withArguments arguments: Any?, eventSink events: @escaping FlutterEventSink) -> FlutterError? {
        sink = events
        observe()
        return nil
    }

    func onCancel(withArguments arguments: Any?) -> FlutterError? {
        close()
        return nil
    }

    /// Forgets who listened.
    func close() {
        observers.forEach { NotificationCenter.default.removeObserver($0) }
        observers = []
        sink = nil
    }

    /// The category is playback: it is heard with the ring switch off, and in the background where the app has that mode.
    private func configure(_ arguments: [String: Any]) throws {
        func flag(_ name: String) -> Bool { arguments[name] as? Bool ?? false }
        var options: AVAudioSession.CategoryOptions = []
        if flag("mixesWithOthers") { options.insert(.mixWithOthers) }
        if flag("ducksOthers") { options.insert(.duckOthers) }
        if flag("ducksOthers") && flag("isSpokenAudio") { options.insert(.interruptSpokenAudioAndMixWithOthers) }
        try session.setCategory(.playback, mode: flag("isSpokenAudio") ? .spokenAudio : .default, options: options)
    }

    /// Whether the session is active. The system refuses while somebody is on the phone; that is no error.
    private func activate() -> Bool {
        do {
            try session.setActive(true)
            return true
        } catch {
            return false
        }
    }

    private func observe() {
        observers.forEach { NotificationCenter.default.removeObserver($0) }
        func on(_ name: Notification.Name, _ told: @escaping (Notification) -> Void) -> NSObjectProtocol {
            NotificationCenter.default.addObserver(forName: name, object: session, queue: .main, using: told)
        }
        observers = [
            on(AVAudioSession.interruptionNotification) { [weak self] in self?.interrupted($0) },
            on(AVAudioSession.routeChangeNotification) { [weak self] in self?.routeChanged($0) },
            on(AVAudioSession.mediaServicesWereResetNotification) { [weak self] _ in self?.sink?(["kind": "reset"]) },
        ]
    }

    private func interrupted(_ notification: Notification) {
        guard let raw = notification.userInfo?[AVAudioSessionInterruptionTypeKey] as? UInt,
            let type = AVAudioSession.InterruptionType(rawValue: raw)
        else { return }
        switch type {
        case .began:
            sink?(["kind": "interruptionBegan", "mayDuck": false, "isPermanent": false])
        case .ended:
            let options = notification.userInfo?[AVAudioSessionInterruptionOptionKey] as? UInt ?? 0
            let shouldResume = AVAudioSession.InterruptionOptions(rawValue: options).contains(.shouldResume)
            sink?(["kind": "interruptionEnded", "shouldResume": shouldResume])
        @unknown default:
            break
        }
    }

    private func routeChanged(_ notification: Notification) {
        guard let raw = notification.userInfo?[AVAudioSessionRouteChangeReasonKey] as? UInt,
            let reason = AVAudioSession.RouteChangeReason(rawValue: raw)
        else { return }
        sink?(["kind": reason == .oldDeviceUnavailable ? "outputUnplugged" : "routeChanged"])
    }
}
