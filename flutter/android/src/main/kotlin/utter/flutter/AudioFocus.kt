package utter.flutter

import android.content.BroadcastReceiver
import android.content.Context
import android.content.Intent
import android.content.IntentFilter
import android.media.AudioAttributes
import android.media.AudioFocusRequest
import android.media.AudioManager
import android.os.Build
import android.os.Handler
import android.os.Looper
import io.flutter.plugin.common.EventChannel
import io.flutter.plugin.common.MethodCall
import io.flutter.plugin.common.MethodChannel

/**
 * Android's audio focus, and the news that headphones were pulled out, for Dart. It asks, gives back and tells; what is paused or
 * made quieter is decided in Dart (`AudioSessionPolicy`). Runs on the main thread.
 *
 * `activate` answers whether the focus was granted, `deactivate` gives it back. Events are maps with a `kind`: `interruptionBegan`
 * (`mayDuck`, `isPermanent`), `interruptionEnded` (`shouldResume`), `outputUnplugged`.
 */
internal class AudioFocus(
    private val context: Context,
) : MethodChannel.MethodCallHandler, EventChannel.StreamHandler {
    private val audio = context.getSystemService(Context.AUDIO_SERVICE) as AudioManager
    private var request: AudioFocusRequest? = null
    private var events: EventChannel.EventSink? = null
    private var isListeningForNoise = false

    private val noise =
        object : BroadcastReceiver() {
            override fun onReceive(context: Context, intent: Intent) {
                if (intent.action == AudioManager.ACTION_AUDIO_BECOMING_NOISY) {
                    tell("outputUnplugged")
                }
            }
        }

    override fun onMethodCall(call: MethodCall, result: MethodChannel.Result) {
        when (call.method) {
            // There is nothing to prepare before a request; iOS has.
            "configure" -> result.success(null)
            "activate" -> result.success(activate(flag(call, "isTransient"), flag(call, "ducksOthers")))
            "deactivate" -> {
                deactivate()
                result.success(null)
            }
            else -> result.notImplemented()
        }
    }

    override fun onListen(arguments: Any?, sink: EventChannel.EventSink) {
        events = sink
    }

    override fun onCancel(arguments: Any?) {
        events = null
    }

    /** Gives the focus back and forgets who listened. */
    fun close() {
        deactivate()
        events = null
    }

    private fun activate(isTransient: Boolean, ducksOthers: Boolean): Boolean {
        deactivate()
        val gain =
            when {
                !isTransient -> AudioManager.AUDIOFOCUS_GAIN
                ducksOthers -> AudioManager.AUDIOFOCUS_GAIN_TRANSIENT_MAY_DUCK
                else -> AudioManager.AUDIOFOCUS_GAIN_TRANSIENT
            }
        val asked =
            AudioFocusRequest.Builder(gain)
                .setAudioAttributes(
                    AudioAttributes.Builder()
                        .setUsage(AudioAttributes.USAGE_MEDIA)
                        .setContentType(AudioAttributes.CONTENT_TYPE_SPEECH)
                        .build(),
                )
                // Otherwise Android itself would make the app quieter, and speech is not understood then.
                .setWillPauseWhenDucked(true)
                .setAcceptsDelayedFocusGain(false)
                .setOnAudioFocusChangeListener(::onFocusChange, Handler(Looper.getMainLooper()))
                .build()
        if (audio.requestAudioFocus(asked) != AudioManager.AUDIOFOCUS_REQUEST_GRANTED) {
            return false
        }
        request = asked
        listenForNoise()
        return true
    }

    private fun deactivate() {
        request?.let { audio.abandonAudioFocusRequest(it) }
        request = null
        if (isListeningForNoise) {
            context.unregisterReceiver(noise)
            isListeningForNoise = false
        }
    }

    private fun listenForNoise() {
        val filter = IntentFilter(AudioManager.ACTION_AUDIO_BECOMING_NOISY)
        // The system alone sends it.
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.TIRAMISU) {
            context.registerReceiver(noise, filter, Context.RECEIVER_NOT_EXPORTED)
        } else {
            context.registerReceiver(noise, filter)
        }
        isListeningForNoise = true
    }

    private fun onFocusChange(change: Int) {
        when (change) {
            AudioManager.AUDIOFOCUS_GAIN -> tell("interruptionEnded", "shouldResume" to true)
            AudioManager.AUDIOFOCUS_LOSS -> tell("interruptionBegan", "mayDuck" to false, "isPermanent" to true)
            AudioManager.AUDIOFOCUS_LOSS_TRANSIENT -> tell("interruptionBegan", "mayDuck" to false, "isPermanent" to false)
            AudioManager.AUDIOFOCUS_LOSS_TRANSIENT_CAN_DUCK -> tell("interruptionBegan", "mayDuck" to true, "isPermanent" to false)
        }
    }

    private fun flag(call: MethodCall, name: String): Boolean = call.argument<Boolean>(name) ?: true

    private fun tell(kind: String, vararg details: Pair<String, Any>) {
        events?.success(mapOf("kind" to kind, *details))
    }
}
