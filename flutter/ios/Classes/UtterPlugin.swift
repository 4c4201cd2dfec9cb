import Flutter
import UIKit

/// What Flutter registers: connects the channels `utter/assets` and `utter/audio_session` of one engine. Speech itself takes neither;
/// Dart calls the Rust library directly.
public class UtterPlugin: NSObject, FlutterPlugin {
    private let session: AudioSession
    private let channel: FlutterMethodChannel
    private let events: FlutterEventChannel
    private let assets: FlutterMethodChannel

    private init(registrar: FlutterPluginRegistrar) {
        let messenger = registrar.messenger()
        session = AudioSession()
        channel = FlutterMethodChannel(name: "utter/audio_session", binaryMessenger: messenger)
        events = FlutterEventChannel(name: "utter/audio_session/events", binaryMessenger: messenger)
        assets = FlutterMethodChannel(name: "utter/assets", binaryMessenger: messenger)
        super.init()
        channel.setMethodCallHandler { [session] call, result in session.handle(call, result: result) }
        events.setStreamHandler(session)
        assets.setMethodCallHandler { call, result in
            // Files of the bundle are read where they are: the voice is a framework, or at least lies among the assets.
            guard call.method == "directories" else { return result(FlutterMethodNotImplemented) }
            guard let arguments = call.arguments as? [String: Any], let asset = arguments["asset"] as? String else {
                return result(FlutterError(code: "invalid", message: "directories wants asset.", details: nil))
            }
            let framework = Bundle.main.privateFrameworksURL?.appendingPathComponent("kokoro.framework").path
            let among = Bundle.main.bundleURL.appendingPathComponent(registrar.lookupKey(forAsset: asset)).path
            result([framework, among].compactMap { $0 })
        }
    }

    public static func register(with registrar: FlutterPluginRegistrar) {
        registrar.publish(UtterPlugin(registrar: registrar))
    }

    public func detachFromEngine(for registrar: FlutterPluginRegistrar) {
        channel.setMethodCallHandler(nil)
        events.setStreamHandler(nil)
        assets.setMethodCallHandler(nil)
        session.close()
    }
}
