//! What Android's audio needs of Java: the application's context, without which outputs cannot be listed.
//!
//! cpal finds it through `ndk-context`, which panics where nobody has set it; and nobody does for a library that Dart has opened. So the
//! package's Kotlin loads the library before Dart does, and hands the context over. Only built for Android.

use jni::EnvUnowned;
use jni::errors::LogErrorAndDefault;
use jni::objects::{JClass, JObject};
use std::sync::Once;

/// `utter.flutter.NativeLibrary.rememberContext`: keeps the application's context for as long as the process lives. Called again
/// it does nothing.
#[unsafe(no_mangle)]
#[allow(non_snake_case, reason = "Java looks for this name")]
pub extern "system" fn Java_utter_flutter_NativeLibrary_rememberContext<'caller>(
    mut env: EnvUnowned<'caller>,
    _class: JClass<'caller>,
    context: JObject<'caller>,
) {
    static ONCE: Once = Once::new();
    let kept = env.with_env(|env| -> jni::errors::Result<()> {
        let machine = env.get_java_vm()?;
        let context = env.new_global_ref(&context)?;
        ONCE.call_once(|| {
            // SAFETY: both stay as long as the process, since the reference is given away; and it is done once.
            unsafe {
                ndk_context::initialize_android_context(machine.get_raw().cast(), context.into_raw().cast())
            };
        });
        Ok(())
    });
    kept.resolve::<LogErrorAndDefault>();
}
