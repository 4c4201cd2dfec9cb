// A pod is a framework only if something of it is compiled. All else of this one is the Rust library, which the podspec links in;
// this file refers to one function of it, so that a build without the library fails when it is linked, and not when Dart calls.

const char *utter_bridge_version(void);

/// The version of the library, such as "0.1.0": static, ended by NUL.
__attribute__((visibility("default"))) const char *utter_pod_version(void) { return utter_bridge_version(); }
