<#
.SYNOPSIS
Builds the Rust library of Utter with cargo on Windows, and lays it where a platform's build wants it.

.DESCRIPTION
What build_library.sh is elsewhere, with the same meaning of every option and variable; called by windows/CMakeLists.txt, and by
android/build.gradle on Windows. UTTER_SOURCE names the checkout with the Rust crates, UTTER_TVM_FFI a folder with TVM's FFI library
for the target. Without the latter, for Windows itself, the pinned Python package that has it is installed into the work folder.
#>
param(
    [Parameter(Mandatory = $true)] [string] $Target,
    [Parameter(Mandatory = $true)] [string] $Out,
    [string] $BuildProfile = 'release',
    [string] $Work = ''
)
$ErrorActionPreference = 'Stop'

function Fail([string] $What, [string] $Hint) {
    [Console]::Error.WriteLine("utter: $What")
    [Console]::Error.WriteLine("       $Hint")
    exit 1
}

function Invoke-Checked([string] $Program, [string[]] $Arguments, [string] $Hint) {
    & $Program @Arguments
    if ($LASTEXITCODE -ne 0) { Fail "$Program failed with exit code $LASTEXITCODE." $Hint }
}

# Copies a file where it differs, in one step: what another process has open is never written into.
function Copy-Changed([string] $From, [string] $Folder) {
    $to = Join-Path $Folder (Split-Path -Leaf $From)
    if ((Test-Path $to) -and ((Get-FileHash $to).Hash -eq (Get-FileHash $From).Hash)) { return }
    Copy-Item $From "$to.partial" -Force
    Move-Item "$to.partial" $to -Force
}

$source = if ($env:UTTER_SOURCE) { $env:UTTER_SOURCE } else { Split-Path (Split-Path $PSScriptRoot) }
$manifest = Join-Path $source 'bridge\Cargo.toml'
if (-not (Test-Path $manifest)) {
    Fail "The Rust sources are not at $source." 'Depend on the package in its repository (git or path), or set UTTER_SOURCE to a checkout of it.'
}
New-Item -ItemType Directory -Force $Out | Out-Null
if (-not $Work) { $Work = Join-Path $Out '..\cargo' }
New-Item -ItemType Directory -Force $Work | Out-Null

# IDEs start builds without the user's shell, and so maybe without what rustup put on its PATH.
$cargoHome = if ($env:CARGO_HOME) { $env:CARGO_HOME } else { Join-Path $env:USERPROFILE '.cargo' }
$env:PATH = "$env:PATH;$(Join-Path $cargoHome 'bin')"
if (-not (Get-Command cargo -ErrorAction SilentlyContinue)) {
    Fail 'cargo is not there.' 'Install Rust with rustup, and start the build again.'
}
if ((Get-Command rustup -ErrorAction SilentlyContinue) -and -not ((rustup target list --installed) -contains $Target)) {
    Fail "Rust's library for $Target is not installed." "Run: rustup target add $Target"
}

# Flutter's three modes; its profile mode is an optimised build.
$optimised = switch ($BuildProfile.ToLowerInvariant()) {
    'debug' { $false }
    'profile' { $true }
    'release' { $true }
    default { Fail "There is no profile $BuildProfile." 'debug, profile and release are.' }
}
$folder = if ($optimised) { 'release' } else { 'debug' }

$linked = @()
switch -Wildcard ($Target) {
    '*-windows-msvc' {
        $library = 'utter_bridge.dll'
        $companions = @('tvm_ffi.dll')
    }
    '*-linux-android' {
        $library = 'libutter_bridge.so'
        $companions = @('libtvm_ffi.so')
        if (-not $env:ANDROID_NDK_HOME) { Fail 'ANDROID_NDK_HOME is not set.' 'Set it to the folder of the NDK.' }
        $bin = Join-Path $env:ANDROID_NDK_HOME 'toolchains\llvm\prebuilt\windows-x86_64\bin'
        $api = if ($env:UTTER_ANDROID_API) { $env:UTTER_ANDROID_API } else { '26' }
        $clang = Join-Path $bin "$Target$api-clang.cmd"
        $lower = $Target.Replace('-', '_')
        Set-Item "env:CARGO_TARGET_$($lower.ToUpperInvariant())_LINKER" $clang
        Set-Item "env:CC_$lower" $clang
        Set-Item "env:CXX_$lower" (Join-Path $bin "$Target$api-clang++.cmd")
        Set-Item "env:AR_$lower" (Join-Path $bin 'llvm-ar.exe')
        # Devices with pages of 16 KiB refuse a library that is laid out for 4.
        $linked = @('-C', 'link-arg=-Wl,-z,max-page-size=16384', '-C', 'link-arg=-Wl,-soname,libutter_bridge.so')
    }
    default { Fail "This script does not build for $Target." 'It builds for Windows and Android.' }
}

# The crate tvm-ffi-sys asks tvm-ffi-config for the folder of TVM's FFI library.
if ($env:UTTER_TVM_FFI) {
    $shim = Join-Path $Work 'tvm-ffi'
    New-Item -ItemType Directory -Force $shim | Out-Null
    $answer = Join-Path $shim 'tvm-ffi-config.rs'
    [IO.File]::WriteAllText($answer, 'fn main() { println!("{}", std::env::var("UTTER_TVM_FFI").unwrap_or_default()); }')
    Invoke-Checked 'rustc' @($answer, '-o', (Join-Path $shim 'tvm-ffi-config.exe')) 'A small program could not be compiled.'
    $env:PATH = "$shim;$env:PATH"
    $ffi = @($env:UTTER_TVM_FFI)
}
elseif ($Target -like '*-windows-msvc') {
    $pinned = Select-String -Path (Join-Path $source 'artifacts\requirements.in') -Pattern '^apache-tvm-ffi==' | Select-Object -First 1
    if (-not $pinned) { Fail 'artifacts/requirements.in does not pin apache-tvm-ffi.' 'Update the checkout.' }
    $environment = Join-Path $Work "python-$($pinned.Line.Trim())"
    $scripts = Join-Path $environment 'Scripts'
    if (-not (Test-Path (Join-Path $scripts 'tvm-ffi-config.exe'))) {
        Invoke-Checked 'python' @('-m', 'venv', $environment) 'Install Python 3.10 or newer, and start the build again.'
        Invoke-Checked (Join-Path $scripts 'python.exe') @('-m', 'pip', 'install', '--quiet', '--only-binary', ':all:', $pinned.Line.Trim()) `
            'The package with libtvm_ffi could not be installed; is there a network?'
    }
    $env:PATH = "$scripts;$env:PATH"
    $libraries = (& tvm-ffi-config --libdir).Trim()
    # In the package the DLL lies beside the import library, or in the folder of programs next to that.
    $ffi = @($libraries, (Join-Path $libraries '..\bin'))
}
else {
    Fail "It is not known where libtvm_ffi for $Target lies." 'Build it as flutter/README.md says, and set UTTER_TVM_FFI to its folder.'
}

$arguments = @('rustc', '--manifest-path', $manifest, '--locked', '--lib', '--crate-type', 'cdylib', '--target', $Target, '--target-dir', $Work)
if ($optimised) { $arguments += '--release' }
if ($linked.Count -gt 0) { $arguments += @('--') + $linked }
Invoke-Checked 'cargo' $arguments 'What cargo said above is the reason.'

Copy-Changed (Join-Path $Work "$Target\$folder\$library") $Out
foreach ($companion in $companions) {
    $found = $ffi | ForEach-Object { Join-Path $_ $companion } | Where-Object { Test-Path $_ } | Select-Object -First 1
    if (-not $found) { Fail "$companion is not in $($ffi -join ' or ')." 'Set UTTER_TVM_FFI to a folder that has it.' }
    Copy-Changed $found $Out
}
$runtime = $ffi | ForEach-Object { Join-Path $_ 'libc++_shared.so' } | Where-Object { Test-Path $_ } | Select-Object -First 1
if ($runtime) { Copy-Changed $runtime $Out }
