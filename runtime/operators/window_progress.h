#pragma once

#include <optional>
#include <set>

#include "model/window.h"

namespace weir {

// Decides which window fires next and which slice is not needed any more. A pure value: it is told
// which slices hold something and where the watermark is.
//
//   progress.advance(watermark);
//   while (const auto window = progress.next_complete()) {
//     …                                  // Fire it.
//     progress.fired(*window);
//     while (const auto slice = progress.next_expired()) …  // Drop it, then dropped(*slice).
//   }
class WindowProgress final {
 public:
  explicit WindowProgress(const WindowSlices& slices);

  EventTime watermark() const { return watermark_; }

  // Before anything else: it was here before, and what was due has fired.
  void resume(EventTime watermark);

  // The slice now holds rows. Known slices may come again.
  void open(SliceNumber slice) { open_.insert(slice); }
  void dropped(SliceNumber slice) { open_.erase(slice); }

  // The watermark has moved forward, or stands.
  void advance(EventTime watermark);

  // The first window, by its end, that is complete, holds an open slice and has not fired.
  std::optional<WindowNumber> next_complete();
  // That window has fired; it is not named again.
  void fired(WindowNumber window) { fired_through_ = window; }

  // An open slice whose windows are all closed and have fired.
  std::optional<SliceNumber> next_expired() const;

 private:
  WindowSlices slices_;
  EventTime watermark_ = EventTime::min();
  WindowNumber fired_through_;  // This window and all before it have fired, or had nothing to fire.
  std::set<SliceNumber> open_;
};

}  // namespace weir
