# Builds the iOS side of Utter: a little Swift for the audio session, and the Rust library, which cargo builds as a static one through
# ../tool/build_library.sh and which is linked into this pod's framework whole. Dart finds its symbols in the process.
Pod::Spec.new do |s|
  s.name = 'utter'
  s.version = '0.1.0'
  s.summary = 'Streaming text to speech on the device.'
  s.description = 'The iOS side of the Flutter package utter.'
  s.homepage = 'https://example.com'
  s.license = { :file => '../LICENSE' }
  s.author = 'The Utter authors'
  s.source = { :path => '.' }
  s.source_files = 'Classes/**/*.swift'
  s.dependency 'Flutter'
  s.platform = :ios, '13.0'
  s.swift_version = '5.0'
  # What cpal and the C++ of libtvm_ffi call.
  s.frameworks = 'AudioToolbox', 'AVFoundation', 'CoreAudio', 'Foundation'
  s.libraries = 'c++'

  s.script_phase = {
    :name => 'Build the Rust library of Utter',
    :script => 'exec sh "${PODS_TARGET_SRCROOT}/../tool/build_library.sh" --xcode --kind static ' \
      '--out "${BUILT_PRODUCTS_DIR}" --work "${TARGET_TEMP_DIR}/cargo"',
    :execution_position => :before_compile,
    # Cargo knows what has changed: a file that is never there has the phase run every time.
    :input_files => ['${BUILT_PRODUCTS_DIR}/utter_is_never_up_to_date'],
    :output_files => ['${BUILT_PRODUCTS_DIR}/libutter_bridge.a', '${BUILT_PRODUCTS_DIR}/libtvm_ffi.a'],
  }

  s.pod_target_xcconfig = {
    'DEFINES_MODULE' => 'YES',
    # Cargo reads and writes where it must.
    'ENABLE_USER_SCRIPT_SANDBOXING' => 'NO',
    # There is no voice for Intel; simulators on Intel Macs are not served.
    'EXCLUDED_ARCHS[sdk=iphonesimulator*]' => 'i386 x86_64',
    # Nothing of Swift calls it, so without being forced the linker would leave all of it out; and the compiled model, which is a
    # framework of its own, looks for TVM's functions in the process.
    'OTHER_LDFLAGS' => '-force_load "${BUILT_PRODUCTS_DIR}/libutter_bridge.a" ' \
      '-force_load "${BUILT_PRODUCTS_DIR}/libtvm_ffi.a"',
  }
end
