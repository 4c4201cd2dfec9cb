package utter.flutter

import android.content.Context
import android.util.Log

/**
 * The Rust library, as far as Java has to do with it: it is loaded by the virtual machine, which Dart does not do, and told the
 * app's context, by which it asks Android for the outputs that there are. Called once a process by [UtterPlugin], before Dart
 * opens the library. Never calls anything else of it.
 */
internal object NativeLibrary {
    private var isLoaded = false

    /** Loads the library. Where that fails Dart finds out in its turn, and tells the app; here it is logged. */
    @Synchronized
    fun load(context: Context) {
        if (isLoaded) {
            return
        }
        try {
            System.loadLibrary("utter_bridge")
            rememberContext(context.applicationContext)
            isLoaded = true
        } catch (error: UnsatisfiedLinkError) {
            Log.e("utter", "The library of Utter cannot be loaded; it is built for arm64-v8a only.", error)
        }
    }

    /** `Java_utter_flutter_NativeLibrary_rememberContext`; a second call in a process does nothing. */
    @JvmStatic
    private external fun rememberContext(context: Context)
}
