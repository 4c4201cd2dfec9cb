# Every task of the project. `make help` lists them; the first use of each brings what it needs.
#
# The Rust build needs tvm-ffi-config on PATH. `env` makes it, in a folder of the cache that stays the same, because cargo builds
# again whatever depends on it when PATH changes. `make shell` prints the line for those who call cargo themselves.

PYTHON ?= python3
TEXT ?= Hello, world.
override TEXT := $(value TEXT)
export TEXT
override PART := $(value PART)
export PART

VOICE := $(PYTHON) artifacts/voice $(if $(TARGET),--target $(TARGET))
# What a recipe that calls cargo begins with. The second builds the voice where needed, and makes cargo's children use this
# checkout's, whichever was built last.
SET_PATH = bin=$$($(VOICE) env) && case ":$$PATH:" in *":$$bin:"*) ;; *) PATH="$$bin:$$PATH" ;; esac && export PATH
SET_VOICE = UTTER_ARTIFACTS=$$($(VOICE)) && export UTTER_ARTIFACTS
# A voice for the tests, in its place in the cache: given as if it were elsewhere, it is nobody's default.
ON_LINUX_X86_64 = [ "$$(uname)-$$(uname -m)" = Linux-x86_64 ]
VOICE_FOR = place=$$(UTTER_ARTIFACTS= $(PYTHON) artifacts/voice --target $(1) where) && \
	$(PYTHON) artifacts/voice --target $(1) --artifacts "$$place" >/dev/null
# The one whose instructions they count.
SET_COUNTED = if $(ON_LINUX_X86_64); then $(call VOICE_FOR,x86-64-v3-unfused) && \
	UTTER_COUNTED_ARTIFACTS=$$place && export UTTER_COUNTED_ARTIFACTS; fi

.DEFAULT_GOAL := help
.PHONY: help setup packages test-packages env shell voice build speak plugin
.PHONY: test test-voice test-kernels test-rust test-dart test-realtime soak bench bench-parts bridge plugin-header doc lint lock clean

help: ## list the tasks
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 12

setup: packages ## install what the system lacks: libraries to build with, and cargo-nextest to test with
	@command -v cargo-nextest >/dev/null || cargo install --locked cargo-nextest

# What a recipe does with a list of packages in `need` that only the system can bring. Root installs them; anyone else is told
# the command.
BRING_PACKAGES = if [ -z "$$need" ]; then exit 0; fi; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "Installing$$need" >&2; \
		{ apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$need; } >/dev/null </dev/null; \
	else \
		echo "utter: these packages are missing:$$need" >&2; \
		echo "       Install them: sudo apt-get install$$need (other systems name them a little differently)." >&2; \
		exit 1; \
	fi

packages:
	@need=; \
	pkg-config --version >/dev/null 2>&1 || need="$$need pkg-config"; \
	if [ "$$(uname)" = Linux ]; then pkg-config --exists alsa 2>/dev/null || need="$$need libasound2-dev"; fi; \
	command -v c++ >/dev/null || need="$$need g++"; \
	$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || need="$$need python3-venv"; \
	$(BRING_PACKAGES)

# espeak-ng, through which some languages are read, valgrind, under which the tests count instructions, the C library of the Dart VM
# that the tests use, and a PulseAudio server for them to start and listen to:
# UTTER_TEST_WITHOUT_PULSE=1 does without, and leaves those tests out.
test-packages: packages
	@need=; \
	if [ "$$(uname)" = Linux ]; then \
		ls /usr/lib*/libespeak-ng.so.1 /usr/lib/*/libespeak-ng.so.1 2>/dev/null | grep -q . || need="$$need libespeak-ng1 espeak-ng-data"; \
	fi; \
	if $(ON_LINUX_X86_64); then \
		command -v valgrind >/dev/null || need="$$need valgrind"; \
		ls /lib32/ld-linux.so.2 /usr/lib32/ld-linux.so.2 /lib/ld-linux.so.2 2>/dev/null | grep -q . || need="$$need libc6-i386"; \
	fi; \
	if [ "$$(uname)" = Linux ] && [ -z "$$UTTER_TEST_WITHOUT_PULSE" ]; then \
		command -v pulseaudio >/dev/null || need="$$need pulseaudio"; \
		command -v parec >/dev/null || need="$$need pulseaudio-utils"; \
		ls /usr/lib*/alsa-lib/libasound_module_pcm_pulse.so /usr/lib/*/alsa-lib/libasound_module_pcm_pulse.so 2>/dev/null | grep -q . || \
			need="$$need libasound2-plugins"; \
	fi; \
	$(BRING_PACKAGES)

env: packages ## make what the Rust build needs of TVM
	@$(VOICE) env >/dev/null

shell: env ## print the line that lets you call cargo yourself: eval "$(make -s shell)"
	@echo "export PATH=\"$$($(VOICE) env):\$$PATH\""

voice: packages ## build the voice, or mend it (TARGET=x86-64-v3 or another one alone, TARGET=aarch64-linux-android or another system, VERIFY=1 to hash every file)
	@$(VOICE) $(if $(VERIFY),--verify)

build: env ## build the utter program
	@$(SET_PATH) && cargo build --release --package utter-cli

# Exit code 3 of `utter say`: there is no output device.
speak: build ## say something: make speak TEXT="Hello, world."
	@$(SET_PATH) && $(SET_VOICE) && utter="cargo run --quiet --release --package utter-cli -- say" && \
	status=0 && { $$utter -- "$$TEXT" || status=$$?; } && \
	if [ $$status = 3 ]; then $$utter --out speech.wav -- "$$TEXT" && echo "There is no audio output here; wrote speech.wav instead."; \
	else exit $$status; fi

# Where cargo puts programs, and what the system calls a library and a program.
BUILT = $${CARGO_TARGET_DIR:-target}
LIBRARY = case "$$(uname)" in Darwin) library=libutter_asio.dylib ;; MINGW*|MSYS*|CYGWIN*) library=utter_asio.dll suffix=.exe ;; \
	*) library=libutter_asio.so ;; esac

plugin: build ## build the isolated output, and pack it as a plugin: target/plugins/utter-asio and .zip (ASIO=1 with ASIO, on Windows)
	@$(SET_PATH) && $(LIBRARY) && cargo build --release --package utter-asio $(if $(ASIO),--features asio) && \
	place="$(BUILT)/plugins" && rm -rf "$$place/utter-asio" && mkdir -p "$$place/utter-asio/bin" && \
	cp "$(BUILT)/release/$$library" LICENSE-MIT LICENSE-APACHE THIRD_PARTY.md "$$place/utter-asio" && \
	cp "$(BUILT)/release/utter-asio-host$$suffix" "$$place/utter-asio/bin" && \
	version=$$("$$place/utter-asio/bin/utter-asio-host$$suffix" --version) && \
	"$(BUILT)/release/utter$$suffix" plugins pack "$$place/utter-asio" --zip "$$place/utter-asio.zip" \
		--id org.utter.asio --name "Isolated output" --version "$${version##* }" --licence "MIT OR Apache-2.0" \
		--library "$$library" --program "bin/utter-asio-host$$suffix" \
		--file LICENSE-MIT --file LICENSE-APACHE --file THIRD_PARTY.md

test: test-voice test-kernels test-rust test-dart test-realtime ## run every test

test-voice:
	@cd artifacts && $(PYTHON) -B -m unittest discover --top-level-directory . --start-directory tests
	@cd benches && $(PYTHON) -B -m unittest discover --top-level-directory . --start-directory peer/tests

test-kernels: packages
	@$(SET_VOICE) && python=$$($(VOICE) python) && cd artifacts && "$$python" -B -m unittest discover --start-directory tests/kernels && \
	"$$python" -B -m unittest discover --start-directory tests/letter_to_sound && \
	cd ../benches && "$$python" -B -m unittest peer.tests.test_dequantise

# The golden tests a second time with what processors without AVX-512 run; at last the benches that need no voice, each once.
test-rust: env test-packages
	@$(SET_PATH) && $(SET_VOICE) && $(SET_COUNTED) && \
	if command -v cargo-nextest >/dev/null; then cargo nextest run --workspace; else cargo test --workspace --tests; fi && \
	if $(ON_LINUX_X86_64); then $(call VOICE_FOR,x86-64-v3) && UTTER_ARTIFACTS=$$place cargo test --package utter --lib --quiet golden; fi && \
	cargo test --workspace --doc --quiet && \
	cargo test --workspace --quiet --bench dsp --bench playback --bench text >/dev/null

# What is generated is what would be generated; the Dart side by a real VM, without Flutter, and every file of it by its grammar.
test-dart: test-packages
	@bridge/generate --check
	@$(PYTHON) fixtures/dart/check
	@$(PYTHON) fixtures/dart/parse

# The callback under RealtimeSanitizer, built a second time for it.
test-realtime: env
	@$(SET_PATH) && fixtures/audio/rtsan.sh --quiet

# One minute of it is among the tests.
soak: env ## play with random commands and prove that nothing is lost (MINUTES=30, SEED, FAULTS=1, INJECT=leak|handle|dropped-frame)
	@$(SET_PATH) && cargo run --quiet --release --package utter-soak -- --minutes $(or $(MINUTES),30) \
		$(if $(SEED),--seed $(SEED)) $(if $(FAULTS),--faults) $(if $(INJECT),--inject $(INJECT))

bench: build ## compare the speed of synthesis with ONNX Runtime's, a quarter of an hour (QUICK=1 to try it, ROUNDS, REPEAT)
	@$(SET_PATH) && $(SET_VOICE) && $(PYTHON) benches/compare $(if $(QUICK),--quick) \
		$(if $(ROUNDS),--rounds $(ROUNDS)) $(if $(REPEAT),--repeat $(REPEAT))

bench-parts: env ## look at what every part costs, a quarter of an hour (PART=vocoder, or any regular expression)
	@$(SET_PATH) && $(SET_VOICE) && cargo bench --quiet --package utter-benches -- --quick $${PART:+"$$PART"}

bridge: ## write what is generated from bridge/src/api: the boundary to Dart
	@bridge/generate

plugin-header: env ## write the C header of plugins from engine/plugin-api/src/abi
	@$(SET_PATH) && UTTER_WRITE=1 cargo test --quiet --package utter-plugin --test header the_header_is_what_would_be_written

doc: env ## write the API documentation
	@$(SET_PATH) && cargo doc --workspace --no-deps

lint: env ## deny unformatted code, warnings, and broken links in the documentation
	@cargo fmt --all --check
	@$(SET_PATH) && cargo clippy --workspace --all-targets -- --deny warnings
	@$(SET_PATH) && RUSTDOCFLAGS="--deny warnings" cargo doc --quiet --workspace --no-deps

lock: ## pin the newest Python packages that requirements*.in allow (needs uv)
	@for name in artifacts/requirements artifacts/requirements-npm benches/peer/requirements fixtures/dart/requirements; do \
		uv pip compile --quiet --upgrade --universal --generate-hashes --python-version 3.10 --no-header --no-annotate \
			--only-binary :all: $$name.in --output-file $$name.lock.new && \
		{ echo "# Written by \`make lock\` from $${name##*/}.in: every version with the SHA-256 of all its wheels. Do not edit."; \
		cat $$name.lock.new; } > $$name.lock && rm $$name.lock.new; done

clean: ## remove what was built here (the voice stays in the user's cache)
	@cargo clean
	@rm -f speech.wav
