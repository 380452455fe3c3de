#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace weir {

// Where a piece of an operator's durable state stands. An operator's state is one sorted map from
// places to bytes, divided into sections that are dropped as a whole: a window's slices, say.
struct StatePlace {
  std::int64_t section = 0;
  std::uint16_t group = 0;  // Key group.
  std::string_view key;     // Whatever tells entries of one section and group apart.
};

// What one task changed of one operator's state since the last barrier: filled by the task,
// written by checkpoint/. The order of calls for one place does not matter but for its last put.
//
// Notes are the few facts that belong to no key: a watermark, the last window fired. They are
// small, and all of them are given each time something about them changed.
class StateDelta final {
 public:
  struct Entry {
    std::int64_t section;
    std::uint16_t group;
    std::uint32_t key_size;
    std::uint32_t chunk;   // Of texts_ …
    std::uint32_t offset;  // … and of the key in it; the value stands behind it.
    std::uint32_t value_size;
  };
  // Groups first to first + count - 1 of a section hold nothing from now on. A section that was
  // dropped never holds anything again.
  struct Drop {
    std::int64_t section;
    std::uint16_t first_group;
    std::uint16_t group_count;
  };

  // Room for so many entries, so that none of them has to wait for others to be moved.
  void reserve(std::size_t entries) { entries_.reserve(entries); }

  // The parts of key and value are copied, one behind the other. Takes the same time however much
  // there is already.
  void put(std::int64_t section,
           std::uint16_t group,
           std::initializer_list<std::string_view> key,
           std::initializer_list<std::string_view> value);
  void drop(Drop range) { drops_.push_back(range); }
  void note(std::string_view name, std::string_view value);

  const std::vector<Entry>& entries() const { return entries_; }
  StatePlace place(const Entry& entry) const;
  std::string_view value(const Entry& entry) const;
  const std::vector<Drop>& drops() const { return drops_; }
  const std::map<std::string, std::string, std::less<>>& notes() const { return notes_; }

  bool empty() const { return entries_.empty() && drops_.empty() && notes_.empty(); }
  std::size_t bytes() const { return text_bytes_ + entries_.size() * sizeof(Entry); }

 private:
  std::vector<std::string> texts_;  // Chunks that do not grow beyond their room.
  std::size_t text_bytes_ = 0;
  std::vector<Entry> entries_;
  std::vector<Drop> drops_;
  std::map<std::string, std::string, std::less<>> notes_;
};

// What one task changed of one operator.
struct OperatorDelta {
  std::string uid;
  StateDelta delta;
};

// Takes the durable state of one operator back, entry by entry.
class StateIntake {
 public:
  virtual ~StateIntake() = default;
  // Where it changes, what the entries that follow look like: the place of their form in
  // StateReader::forms(), counted from 1; 0, as at first: nobody said.
  virtual Status begin_form(std::size_t form) {
    static_cast<void>(form);
    return Done{};
  }
  // The texts are lent until the call returns. An error ends the restore: the entry is not what the
  // operator wrote.
  virtual Status take(const StatePlace& place, std::string_view value) = 0;
};

// The durable state of one operator, as of the last epoch that was committed. Used by one thread.
class StateReader {
 public:
  virtual ~StateReader() = default;

  // Hands over every entry of key groups `first` to first + count - 1. Those of one section and
  // group come together, in the order of their keys' bytes.
  virtual Status read(std::uint16_t first, std::uint16_t count, StateIntake& intake) = 0;

  // What each task that had the operator wrote under this name; empty when nobody did.
  virtual std::vector<std::string> notes(std::string_view name) const = 0;

  // What its entries may look like, in the texts that the image was told; empty: it was not.
  virtual std::vector<std::string> forms() const { return {}; }
};

// Opens the durable state of an operator or a source by its uid. What it opens is used by one
// thread; all of it may be used by several.
using OpenState = std::function<std::unique_ptr<StateReader>(std::string_view uid)>;

}  // namespace weir
