package utter.flutter

import android.content.Context
import io.flutter.embedding.engine.plugins.FlutterPlugin
import io.flutter.plugin.common.MethodCall
import io.flutter.plugin.common.MethodChannel
import java.io.IOException
import java.io.InputStream

/**
 * Reads assets out of the APK in pieces, for Dart, which copies the voice to where the engine can map it. An asset is loaded whole
 * by Flutter's own means, and the weights are a hundred megabytes. Runs on one background queue; writes nothing.
 *
 * `storage` answers where such a copy belongs and how much room is there; `open` gives a number for an asset, `read` its next
 * piece, empty at the end, and `close` lets it go.
 */
internal class AssetReader(
    private val context: Context,
    private val flutterAssets: FlutterPlugin.FlutterAssets,
) : MethodChannel.MethodCallHandler {
    private val streams = mutableMapOf<Int, InputStream>()
    private var lastNumber = 0

    override fun onMethodCall(call: MethodCall, result: MethodChannel.Result) {
        try {
            when (call.method) {
                "storage" -> result.success(storage())
                "open" -> result.success(open(required(call, "asset")))
                "read" -> result.success(read(required(call, "number"), required(call, "length")))
                "close" -> {
                    close(required<Int>(call, "number"))
                    result.success(null)
                }
                else -> result.notImplemented()
            }
        } catch (error: IOException) {
            result.error("unreadable", error.message, null)
        } catch (error: IllegalArgumentException) {
            result.error("invalid", error.message, null)
        }
    }

    /** Closes what is still open. */
    @Synchronized
    fun close() {
        streams.values.forEach { it.close() }
        streams.clear()
    }

    /** Not in the backup of the user's data: it can be copied again at any time. */
    private fun storage(): Map<String, Any> {
        val folder = context.noBackupFilesDir
        return mapOf("directory" to folder.path, "freeBytes" to folder.usableSpace)
    }

    @Synchronized
    private fun open(asset: String): Int {
        val stream = context.assets.open(flutterAssets.getAssetFilePathByName(asset))
        lastNumber += 1
        streams[lastNumber] = stream
        return lastNumber
    }

    @Synchronized
    private fun read(number: Int, length: Int): ByteArray {
        val stream = requireNotNull(streams[number]) { "No asset is open under the number $number." }
        val piece = ByteArray(length)
        var filled = 0
        while (filled < length) {
            val count = stream.read(piece, filled, length - filled)
            if (count < 0) {
                break
            }
            filled += count
        }
        return if (filled == length) piece else piece.copyOf(filled)
    }

    @Synchronized
    private fun close(number: Int) {
        streams.remove(number)?.close()
    }

    private fun <T : Any> required(call: MethodCall, name: String): T =
        requireNotNull(call.argument<T>(name)) { "${call.method} wants $name." }
}
