package utter.flutter

import io.flutter.embedding.engine.plugins.FlutterPlugin
import io.flutter.plugin.common.EventChannel
import io.flutter.plugin.common.MethodChannel
import io.flutter.plugin.common.StandardMethodCodec

/**
 * What Flutter registers: connects the channels `utter/assets` and `utter/audio_session` of one engine with [AssetReader] and
 * [AudioFocus]. Speech itself takes neither; Dart calls the Rust library directly.
 */
class UtterPlugin : FlutterPlugin {
    private var assets: AssetReader? = null
    private var focus: AudioFocus? = null
    private var channels: List<MethodChannel> = emptyList()
    private var events: EventChannel? = null

    override fun onAttachedToEngine(binding: FlutterPlugin.FlutterPluginBinding) {
        val context = binding.applicationContext
        NativeLibrary.load(context)
        val messenger = binding.binaryMessenger
        val reader = AssetReader(context, binding.flutterAssets).also { assets = it }
        val focus = AudioFocus(context).also { this.focus = it }
        // Pieces of a hundred megabytes are read in the background, one after the other.
        val queue = messenger.makeBackgroundTaskQueue()
        val reading = MethodChannel(messenger, "utter/assets", StandardMethodCodec.INSTANCE, queue)
        reading.setMethodCallHandler(reader)
        val session = MethodChannel(messenger, "utter/audio_session")
        session.setMethodCallHandler(focus)
        channels = listOf(reading, session)
        events = EventChannel(messenger, "utter/audio_session/events").also { it.setStreamHandler(focus) }
    }

    override fun onDetachedFromEngine(binding: FlutterPlugin.FlutterPluginBinding) {
        channels.forEach { it.setMethodCallHandler(null) }
        events?.setStreamHandler(null)
        assets?.close()
        focus?.close()
        channels = emptyList()
        events = null
        assets = null
        focus = null
    }
}
