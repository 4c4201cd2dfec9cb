# Builds the macOS side of Utter: the Rust library, which cargo builds as a static one through ../tool/build_library.sh and which is
# linked whole into this pod's framework, utter_bridge.framework; Dart opens that. TVM's libtvm_ffi.dylib lies inside it.
Pod::Spec.new do |s|
  s.name = 'utter'
  # The framework's name, by which Dart opens it. There is no class to register, so no generated code imports the module.
  s.module_name = 'utter_bridge'
  s.version = '0.1.0'
  s.summary = 'Streaming text to speech on the device.'
  s.description = 'The macOS side of the Flutter package utter.'
  s.homepage = 'https://example.com'
  s.license = { :file => '../LICENSE' }
  s.author = 'The Utter authors'
  s.source = { :path => '.' }
  s.source_files = 'Classes/**/*.c'
  s.dependency 'FlutterMacOS'
  s.platform = :osx, '11.0'
  s.frameworks = 'AudioToolbox', 'AudioUnit', 'CoreAudio', 'Foundation'
  s.libraries = 'c++'

  build = 'exec sh "${PODS_TARGET_SRCROOT}/../tool/build_library.sh" --xcode --kind static ' \
    '--out "${BUILT_PRODUCTS_DIR}" --work "${TARGET_TEMP_DIR}/cargo"'
  # Xcode seals the pod's framework when it is put into the app; what lies in it must be signed before.
  place = <<~SCRIPT
    set -eu
    folder="${TARGET_BUILD_DIR}/${FULL_PRODUCT_NAME}/Versions/A/Frameworks"
    mkdir -p "$folder"
    cp -f "${BUILT_PRODUCTS_DIR}/libtvm_ffi.dylib" "$folder/libtvm_ffi.dylib"
    codesign --force --sign "${EXPANDED_CODE_SIGN_IDENTITY:--}" --timestamp=none "$folder/libtvm_ffi.dylib"
  SCRIPT
  s.script_phases = [
    {
      :name => 'Build the Rust library of Utter',
      :script => build,
      :execution_position => :before_compile,
      # Cargo knows what has changed: a file that is never there has the phase run every time.
      :input_files => ['${BUILT_PRODUCTS_DIR}/utter_is_never_up_to_date'],
      :output_files => ['${BUILT_PRODUCTS_DIR}/libutter_bridge.a', '${BUILT_PRODUCTS_DIR}/libtvm_ffi.dylib'],
    },
    {
      :name => 'Put libtvm_ffi into the framework',
      :script => place,
      :execution_position => :after_compile,
      :input_files => ['${BUILT_PRODUCTS_DIR}/libtvm_ffi.dylib'],
      :output_files => ['${TARGET_BUILD_DIR}/${FULL_PRODUCT_NAME}/Versions/A/Frameworks/libtvm_ffi.dylib'],
    },
  ]

  s.pod_target_xcconfig = {
    'DEFINES_MODULE' => 'YES',
    # Cargo reads and writes where it must.
    'ENABLE_USER_SCRIPT_SANDBOXING' => 'NO',
    # There is no voice for Intel Macs yet.
    'EXCLUDED_ARCHS' => 'x86_64',
    'LD_RUNPATH_SEARCH_PATHS' => '$(inherited) @loader_path/Frameworks',
    # Nothing of C calls it, so without being forced the linker would leave all of it out.
    'OTHER_LDFLAGS' => '-force_load "${BUILT_PRODUCTS_DIR}/libutter_bridge.a" "${BUILT_PRODUCTS_DIR}/libtvm_ffi.dylib"',
  }
end
