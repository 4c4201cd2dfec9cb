// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The C ABI, version 1: what crosses between a host and the library of a plugin.
//
// In the manner of CLAP: a library exports one symbol, `utter_plugin_entry`, a table of functions that leads to other tables.
//
// - Sizes and versions in front. Every table and every structure begins with its size in bytes as whoever wrote it knows
//   it. What is added later is added at the end; who reads checks the size before anything behind it. The first eight bytes
//   of the entry never change.
// - Nothing of Rust. Integers, floats, pointers, NUL-terminated UTF-8. No exception and no panic leaves a function.
// - Who owns what. Text and structures that are passed in are the caller's and are valid until the call returns; what a
//   plugin wants to keep it copies. Text in tables lives as long as the library is loaded.
// - Results. Functions that can fail return `UTTER_OK` or a `utter_failure_code_t`, and write what happened into a `utter_failure_t` if
//   they are given one.
//
// Threads, and how long a call may take
//
// call                 on which thread                                                     may it block?
// -------------------  ------------------------------------------------------------------  ---------------------------------------------------
// `init`, `deinit`     any; once each, in this order                                       2 s
// `list_targets`       any; maybe several at a time                                        5 s
// `create`, `destroy`  any; maybe several at a time                                        100 ms, and what `close` takes if it was not called
// `negotiate`, `open`  any, one call at a time for an instance                             1.5 s
// `write`, `status`    the host's pump, which has realtime priority where that is granted  no: no lock, no allocation, no system call, no log
// `flush`              the pump                                                            10 ms
// `reset`              the pump                                                            250 ms
// `close`              any, after the pump has ended                                       1 s
// `holdings`           any, at any time between `init` and `deinit`                        no
//
// For one instance no two calls overlap, and each sees what the one before has done, whatever threads they come from. A call
// that takes longer than it may does not hold up the host, which works with deadlines of its own; but the instance counts as
// lost, and its library stays loaded for ever if the call never returns.
//
// Written from engine/plugin-api/src/abi/ by `make plugin-header`. Do not edit.

#ifndef UTTER_PLUGIN_H
#define UTTER_PLUGIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What is exported from a library. */
#if defined(_WIN32)
#define UTTER_EXPORT __declspec(dllexport)
#else
#define UTTER_EXPORT __attribute__((visibility("default")))
#endif

// The version of this ABI. A host loads a plugin of this version only.
#define UTTER_ABI_VERSION 1

// What functions return that have done what they should.
#define UTTER_OK 0

// The room for a message in bytes, with the NUL behind it.
#define UTTER_MESSAGE_BYTES 512

// Why something could not be done.
enum utter_failure_code_t
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    // There is no such target.
    UTTER_FAILURE_NOT_FOUND = 1,
    // Another program has the device.
    UTTER_FAILURE_BUSY = 2,
    // The device may not be used by this user or program.
    UTTER_FAILURE_PERMISSION_DENIED = 3,
    // The device takes no format that can be given.
    UTTER_FAILURE_NO_USABLE_FORMAT = 4,
    // It took too long.
    UTTER_FAILURE_TIMED_OUT = 5,
    // The call does not fit what the instance is doing, as opening one that is open.
    UTTER_FAILURE_WRONG_STATE = 6,
    // Anything else that the device or its driver says.
    UTTER_FAILURE_DEVICE = 7,
    // The plugin has a mistake, or was given what it cannot read.
    UTTER_FAILURE_BROKEN = 8,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum utter_failure_code_t utter_failure_code_t;
#else
typedef int32_t utter_failure_code_t;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// How important a message is.
enum utter_log_level_t
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    // For whoever looks for a mistake.
    UTTER_LOG_DEBUG = 0,
    // What happens now and then.
    UTTER_LOG_INFO = 1,
    // What may explain something that was heard.
    UTTER_LOG_WARNING = 2,
    // What was to be done cannot be done.
    UTTER_LOG_ERROR = 3,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum utter_log_level_t utter_log_level_t;
#else
typedef int32_t utter_log_level_t;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// What an open instance is doing.
enum utter_output_state_t
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    // It is not open.
    UTTER_OUTPUT_CLOSED = 0,
    // It plays.
    UTTER_OUTPUT_RUNNING = 1,
    // It plays, and wants to be reset as soon as possible.
    UTTER_OUTPUT_RESET_WANTED = 2,
    // The device is gone, or whatever held it has died.
    UTTER_OUTPUT_DISCONNECTED = 3,
    // The device wants another format: negotiate and open again.
    UTTER_OUTPUT_RECONFIGURED = 4,
    // It does not go on, for another reason.
    UTTER_OUTPUT_FAILED = 5,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum utter_output_state_t utter_output_state_t;
#else
typedef int32_t utter_output_state_t;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// What a host gives to a plugin.
typedef struct utter_host_table_t {
    // The size of this structure in bytes.
    uint32_t size;
    // The version of the ABI that the host speaks.
    uint32_t abi_version;
    // The host's name. UTF-8.
    const char *name;
    // The host's version. UTF-8.
    const char *version;
    // Given back to the functions of this table.
    void *context;
    // Logs a message, UTF-8, at a level (`utter_log_level_t`; what is unknown counts as `UTTER_LOG_DEBUG`). On any thread but in `write` and
    // `status`.
    void (*log)(void *context, int32_t level, const char *message);
} utter_host_table_t;

// A range of formats that a target takes.
typedef struct utter_format_range_t {
    // Samples a frame.
    uint32_t channels;
    // The lowest rate, in Hz.
    uint32_t lowest_rate;
    // The highest rate, in Hz.
    uint32_t highest_rate;
} utter_format_range_t;

// A device that can be chosen.
typedef struct utter_target_t {
    // The size of this structure in bytes.
    uint32_t size;
    // 1 if it is the one that the system would choose, 0 otherwise.
    uint32_t is_default;
    // Its id, the same from run to run. UTF-8, not empty, shorter than 256 bytes.
    const char *id;
    // Its name, for people. UTF-8, not empty, shorter than 256 bytes.
    const char *name;
    // What it takes; none if it could not be asked.
    const struct utter_format_range_t *formats;
    // How many there are of these; at most 1024.
    uint32_t format_count;
    // Nothing yet: 0.
    uint32_t reserved;
} utter_target_t;

// Takes a target of a list, which is valid until it returns; `false` if no more are wanted. Not null.
typedef bool (*utter_target_sink_t)(void *context, const struct utter_target_t *target);

// What happened. The caller sets `size` and clears the rest; whoever fails writes code and message.
typedef struct utter_failure_t {
    // The size of this structure in bytes.
    uint32_t size;
    // A `utter_failure_code_t`, the same that is returned.
    int32_t code;
    // What the system or the driver says: UTF-8 with a NUL behind it.
    char message[UTTER_MESSAGE_BYTES];
} utter_failure_t;

// An instance, of which only the plugin knows what it is.
typedef void *utter_output_t;

// What is asked of an output.
typedef struct utter_request_t {
    // The size of this structure in bytes.
    uint32_t size;
    // Frames a second that are liked best; 0 for the device's own.
    uint32_t rate;
    // Samples a frame that are liked best; 0 for the device's own.
    uint32_t channels;
    // Nothing yet: 0.
    uint32_t reserved;
    // The time between two periods, in nanoseconds; the nearest that the device can do is taken.
    uint64_t period;
} utter_request_t;

// How an output is used. Samples are 32-bit floats, interleaved.
typedef struct utter_format_t {
    // The size of this structure in bytes.
    uint32_t size;
    // Frames a second, from 1 to 768,000.
    uint32_t rate;
    // Samples a frame, from 1 to 64.
    uint32_t channels;
    // Frames that the device takes at a time, from 1 to a second's.
    uint32_t period_frames;
} utter_format_t;

// How an instance is doing at this moment.
typedef struct utter_status_t {
    // The size of this structure in bytes. Set by the caller.
    uint32_t size;
    // An `utter_output_state_t`.
    int32_t state;
    // Frames that the device has taken since the instance was opened, of those that were written and those that were missing.
    uint64_t consumed;
    // Times since the instance was opened that the device was not served in time. A gap counts once, however long it is; the
    // silence before the first frame is none.
    uint64_t xruns;
    // Frames that `write` would take now.
    uint32_t writable;
    // Frames that will be played before one that is written now.
    uint32_t delay;
    // In how many nanoseconds it is worth asking again whether there is room.
    uint64_t look_again;
} utter_status_t;

// What a plugin holds outside its process's memory.
typedef struct utter_holdings_t {
    // The size of this structure in bytes. Set by the caller.
    uint32_t size;
    // Processes that run.
    uint32_t processes;
    // Processes that were started since `init`.
    uint64_t processes_started;
    // Rings in shared memory.
    uint32_t rings;
    // Nothing yet: 0.
    uint32_t reserved;
} utter_holdings_t;

// The functions of an output. None is null. What each may do, and on which thread, is in the table at the top.
typedef struct utter_output_table_t {
    // The size of this structure in bytes.
    uint32_t size;
    // Nothing yet: 0.
    uint32_t reserved;
    // Gives every target that is there now to `sink`. May block for 5 s.
    int32_t (*list_targets)(utter_target_sink_t sink, void *context, struct utter_failure_t *failure);
    // Makes an instance for the target of this id, and writes it to `output`. Opens nothing, and asks no device: whether there
    // is one shows when it is negotiated. May block for 100 ms.
    int32_t (*create)(const char *target, utter_output_t *output, struct utter_failure_t *failure);
    // Decides on a format, as near to the request as the device can, and writes it. Not while the instance is open. May block
    // for 1.5 s.
    int32_t (*negotiate)(utter_output_t output,
                         const struct utter_request_t *request,
                         struct utter_format_t *format,
                         struct utter_failure_t *failure);
    // Opens the device in a format that was negotiated. When it returns the device runs, and plays silence until frames come.
    // May block for 1.5 s.
    int32_t (*open)(utter_output_t output,
                    const struct utter_format_t *format,
                    struct utter_failure_t *failure);
    // Takes `frames` frames of interleaved 32-bit floats between -1 and 1, or as many as there is room for, and returns how
    // many. Never waits. Takes none unless the instance is open.
    uint32_t (*write)(utter_output_t output, const float *samples, uint32_t frames);
    // Writes how the instance is doing. Never waits.
    void (*status)(utter_output_t output, struct utter_status_t *status);
    // Drops the frames that were written and are not with the device yet. May block for 10 ms.
    int32_t (*flush)(utter_output_t output, struct utter_failure_t *failure);
    // Begins anew with the same format: quick, and keeps the instance with all that it holds. What was written and not played
    // is dropped; positions go on. For a change of route or utterance, and when `status` asks for it, as drivers do whose
    // settings were changed. May block for 250 ms.
    int32_t (*reset)(utter_output_t output, struct utter_failure_t *failure);
    // Ends the sound, and lets go of everything that is held outside: processes, shared memory, sockets, files. When it
    // returns all of that is gone. Closing what is not open does nothing. May block for 1 s.
    int32_t (*close)(utter_output_t output, struct utter_failure_t *failure);
    // Ends the instance, closing it if it was not closed. The host always closes first.
    void (*destroy)(utter_output_t output);
    // Writes what all instances together hold outside. Never waits.
    void (*holdings)(struct utter_holdings_t *holdings);
} utter_output_table_t;

// Who a plugin is. All text is UTF-8, not empty, and shorter than 256 bytes.
typedef struct utter_descriptor_t {
    // The size of this structure in bytes.
    uint32_t size;
    // Nothing yet: 0.
    uint32_t reserved;
    // A name that no other plugin has: that of a domain, backwards, and one's own, for example `org.example.output`. The same
    // as in `plugin.json`.
    const char *id;
    // Its name, for people.
    const char *name;
    // Who makes it.
    const char *vendor;
    // Its version.
    const char *version;
} utter_descriptor_t;

// What the symbol `utter_plugin_entry` is: constant data, readable before anything of the plugin has run.
typedef struct utter_plugin_entry_t {
    // `UTTER_ABI_VERSION`. A host that knows another version reads nothing behind these first eight bytes.
    uint32_t abi_version;
    // The size of this structure in bytes.
    uint32_t size;
    // Who the plugin is. Not null.
    const struct utter_descriptor_t *descriptor;
    // Called once, before everything else. `host` is valid until `deinit` has returned. `directory` is where the plugin's own
    // files are: a private copy, not to be written to, the working directory of nothing. May block for 2 s.
    int32_t (*init)(const struct utter_host_table_t *host,
                    const char *directory,
                    struct utter_failure_t *failure);
    // Called once, after every instance was destroyed, if `init` has succeeded. When it returns nothing of the library runs, on
    // any thread: the library is unloaded. May block for 2 s.
    void (*deinit)(void);
    // The plugin's outputs. Not null: version 1 has no other kind of plugin.
    const struct utter_output_table_t *outputs;
} utter_plugin_entry_t;

#ifdef __cplusplus
extern "C" {
#endif

// The symbol that a plugin exports. The plugin defines it: `const utter_plugin_entry_t utter_plugin_entry = { ... };`
extern UTTER_EXPORT const utter_plugin_entry_t utter_plugin_entry;

#ifdef __cplusplus
}
#endif

#endif  /* UTTER_PLUGIN_H */
