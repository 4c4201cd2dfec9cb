#!/bin/sh
# Builds the Rust library of Utter with cargo and lays it where a platform's build wants it.
#
# Called by linux/CMakeLists.txt, android/build.gradle and both podspecs; build_library.ps1 does the same on Windows. It knows the
# crate, the linkers and where libtvm_ffi comes from, and nothing of Flutter. Cargo decides what is to be done: a second run is quick.
#
#   build_library.sh --target TRIPLE --out DIR [--profile debug|profile|release] [--kind shared|static] [--work DIR]
#   build_library.sh --xcode --out DIR [--kind …] [--work DIR]     target and profile from Xcode's environment
#
# What the environment may say:
#   UTTER_SOURCE        the checkout with the Rust crates; by default the one that this package lies in
#   UTTER_TVM_FFI       a folder with libtvm_ffi for the target; by default what `artifacts/voice env` brings, which is this machine's
#   ANDROID_NDK_HOME    the NDK, for Android targets (Gradle gives it)
#   UTTER_ANDROID_API   the oldest Android to run on, by its API level
set -eu

fail() {
    echo "utter: $1" >&2
    echo "       $2" >&2
    exit 1
}

# The next argument of an option, or the way out.
needs_value() {
    [ "$2" -ge 2 ] || fail "$1 wants a value." "See the head of $0."
}

target='' profile=release kind=shared out='' work='' xcode=''
while [ $# -gt 0 ]; do
    case "$1" in
    --target) needs_value "$1" $#; target=$2; shift 2 ;;
    --profile) needs_value "$1" $#; profile=$2; shift 2 ;;
    --kind) needs_value "$1" $#; kind=$2; shift 2 ;;
    --out) needs_value "$1" $#; out=$2; shift 2 ;;
    --work) needs_value "$1" $#; work=$2; shift 2 ;;
    --xcode) xcode=1; shift ;;
    *) fail "There is no option $1." "See the head of $0." ;;
    esac
done

# Xcode says what it builds in words of its own.
target_of_xcode() {
    case " ${ARCHS:-} " in
    *" arm64 "*) ;;
    *) fail "Utter is built for arm64 only, not for ${ARCHS:-nothing}." "Set EXCLUDED_ARCHS to x86_64 in the app's build settings." ;;
    esac
    case "${PLATFORM_NAME:-}" in
    macosx) echo aarch64-apple-darwin ;;
    iphoneos) echo aarch64-apple-ios ;;
    iphonesimulator) echo aarch64-apple-ios-sim ;;
    *) fail "Utter is not built for ${PLATFORM_NAME:-an unnamed platform}." "macOS and iOS are." ;;
    esac
}

if [ -n "$xcode" ]; then
    target=$(target_of_xcode)
    case "${CONFIGURATION:-Release}" in
    Debug*) profile=debug ;;
    *) profile=release ;;
    esac
fi
[ -n "$target" ] || fail "No target was given." "Give --target with the triple of a Rust target."
[ -n "$out" ] || fail "No folder was given." "Give --out."

# Flutter's three modes; its profile mode is an optimised build.
case "$profile" in
[Dd]ebug) folder=debug flag='' ;;
[Pp]rofile | [Rr]elease) folder=release flag=--release ;;
*) fail "There is no profile $profile." "debug, profile and release are." ;;
esac
case "$kind" in
shared) crate_type=cdylib ;;
static) crate_type=staticlib ;;
*) fail "There is no kind $kind." "shared and static are." ;;
esac
case "$target" in
*-apple-*) library=libutter_bridge.dylib companion=libtvm_ffi.dylib ;;
*-linux-*) library=libutter_bridge.so companion=libtvm_ffi.so ;;
*) fail "This script does not build for $target." "On Windows build_library.ps1 does." ;;
esac
if [ "$kind" = static ]; then
    library=libutter_bridge.a
fi
# An app for iOS may load nothing that is not a framework: there it is linked in.
case "$target" in
*-apple-ios*) companion=libtvm_ffi.a ;;
esac

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
source=${UTTER_SOURCE:-$(dirname -- "$(dirname -- "$here")")}
[ -f "$source/bridge/Cargo.toml" ] || fail "The Rust sources are not at $source." \
    "Depend on the package in its repository (git or path), or set UTTER_SOURCE to a checkout of it."
mkdir -p "$out"
out=$(CDPATH='' cd -- "$out" && pwd -P)
work=${work:-$out/../cargo}
mkdir -p "$work"
work=$(CDPATH='' cd -- "$work" && pwd -P)

# IDEs start builds without the user's shell, and so without what rustup put on its PATH.
PATH=$PATH:${CARGO_HOME:-$HOME/.cargo}/bin
command -v cargo >/dev/null || fail "cargo is not there." "Install Rust with rustup, and start the build again."
if command -v rustup >/dev/null && ! rustup target list --installed | grep -qx "$target"; then
    fail "Rust's library for $target is not installed." "Run: rustup target add $target"
fi

# The crate tvm-ffi-sys asks tvm-ffi-config for the folder of libtvm_ffi. For a target that is not this machine there is none, so
# one is written that answers with the folder that was given.
if [ -n "${UTTER_TVM_FFI:-}" ]; then
    [ -f "$UTTER_TVM_FFI/$companion" ] || fail "There is no $companion in $UTTER_TVM_FFI." \
        "Build it for $target as flutter/README.md says, and set UTTER_TVM_FFI to its folder."
    mkdir -p "$work/tvm-ffi"
    # shellcheck disable=SC2016 # the written script expands it, when it is run
    printf '#!/bin/sh\nexec printf "%%s\\n" "$UTTER_TVM_FFI"\n' >"$work/tvm-ffi/tvm-ffi-config.new"
    chmod +x "$work/tvm-ffi/tvm-ffi-config.new"
    mv "$work/tvm-ffi/tvm-ffi-config.new" "$work/tvm-ffi/tvm-ffi-config"
    PATH=$work/tvm-ffi:$PATH
    ffi=$UTTER_TVM_FFI
elif [ "$(rustc -vV | sed -n 's/^host: //p')" = "$target" ]; then
    # The build of the voice knows x86-64 as its default, and Apple's processors by their triple.
    set --
    case "$target" in
    *-apple-*) set -- --target "$target" ;;
    esac
    tools=$("${PYTHON:-python3}" "$source/artifacts/voice" "$@" env)
    PATH=$tools:$PATH
    ffi=$(tvm-ffi-config --libdir)
else
    fail "It is not known where libtvm_ffi for $target lies." \
        "Build it as flutter/README.md says, and set UTTER_TVM_FFI to its folder."
fi
export PATH

# What cc and rustc link with: for Android the NDK's, elsewhere what they find.
linked=''
case "$target" in
*-linux-android)
    ndk=${ANDROID_NDK_HOME:-${ANDROID_NDK_ROOT:-}}
    [ -n "$ndk" ] || fail "ANDROID_NDK_HOME is not set." "Set it to the folder of the NDK."
    bin=$(find "$ndk/toolchains/llvm/prebuilt" -mindepth 2 -maxdepth 2 -name bin | head -n 1)
    [ -n "$bin" ] || fail "There is no toolchain in $ndk." "Install the NDK with the SDK's manager."
    clang=$bin/$target${UTTER_ANDROID_API:-26}-clang
    name=$(echo "$target" | tr '[:lower:]-' '[:upper:]_')
    lower=$(echo "$target" | tr - _)
    export "CARGO_TARGET_${name}_LINKER=$clang" "CC_$lower=$clang" "CXX_$lower=$clang++" "AR_$lower=$bin/llvm-ar"
    # Devices with pages of 16 KiB refuse a library that is laid out for 4.
    linked='-Wl,-z,max-page-size=16384 -Wl,-soname,libutter_bridge.so'
    ;;
*-linux-*)
    # In an app both libraries lie in one folder.
    # shellcheck disable=SC2016 # $ORIGIN is the dynamic loader's
    linked='-Wl,-rpath,$ORIGIN -Wl,-soname,libutter_bridge.so'
    ;;
*-apple-*)
    linked='-Wl,-rpath,@loader_path -Wl,-rpath,@loader_path/Frameworks -Wl,-install_name,@rpath/libutter_bridge.dylib'
    # Xcode sets these for its own target; build scripts, which run on this machine, would be linked for a phone.
    unset SDKROOT LD CC
    ;;
esac

set -- rustc --manifest-path "$source/bridge/Cargo.toml" --locked --lib --crate-type "$crate_type" --target "$target" \
    --target-dir "$work"
[ -z "$flag" ] || set -- "$@" "$flag"
if [ "$kind" = shared ]; then
    set -- "$@" --
    for argument in $linked; do
        set -- "$@" -C "link-arg=$argument"
    done
fi
cargo "$@" >&2

# A program that runs may have the old one mapped: replace it, never write into it.
lay() {
    if ! cmp -s "$1" "$out/$(basename -- "$1")"; then
        cp "$1" "$out/$(basename -- "$1").partial"
        mv "$out/$(basename -- "$1").partial" "$out/$(basename -- "$1")"
    fi
}
lay "$work/$target/$folder/$library"
lay "$ffi/$companion"
# Where libtvm_ffi was linked with the NDK's shared C++ library, that goes with it.
if [ -f "$ffi/libc++_shared.so" ]; then
    lay "$ffi/libc++_shared.so"
fi
