// What a job under test finds in place of the host. Part of weir/testing.h.
#pragma once

#include <map>
#include <set>
#include <stdexcept>

#include <weir/cpp/job.h>

namespace weir {
inline namespace v1 {
namespace detail {

// Memory that lives as long as the test.
class TestMemory final {
 public:
  TestMemory() {
    arena_.struct_size = sizeof(Arena);
    arena_.grow = [](weir_arena* arena, std::uint64_t size) noexcept {
      auto& self = *static_cast<Arena*>(arena)->memory;
      const std::size_t bytes = std::max<std::size_t>(size, 4096);
      arena->next = static_cast<char*>(self.allocate(bytes));
      arena->end = arena->next + bytes;
    };
  }
  TestMemory(const TestMemory&) = delete;
  TestMemory& operator=(const TestMemory&) = delete;

  weir_arena* arena() { return &arena_; }

  // Aligned for any record.
  void* allocate(std::size_t bytes) {
    blocks_.push_back(std::make_unique<Block[]>(bytes / sizeof(Block) + 1));
    return blocks_.back().get();
  }

 private:
  struct alignas(16) Block {
    char bytes[16];
  };
  struct Arena : weir_arena {
    explicit Arena(TestMemory* owner) : weir_arena{}, memory(owner) {}
    TestMemory* memory;
  };

  Arena arena_{this};
  std::vector<std::unique_ptr<Block[]>> blocks_;
};

// Takes the rows of one call.
class TestOut final {
 public:
  struct Taken {
    const void* row;
    std::uint32_t source;
  };

  TestOut(TestMemory& memory, std::uint32_t stride)
      : table_(this), memory_(memory), stride_(stride) {
    table_.struct_size = sizeof(Table);
    table_.arena = memory.arena();
    table_.reserve = [](weir_out* out, std::uint32_t count) noexcept -> void* {
      auto& self = *static_cast<Table*>(out)->out;
      self.next_ = static_cast<char*>(self.memory_.allocate(std::size_t{count} * self.stride_));
      return self.next_;
    };
    table_.commit = [](weir_out* out, std::uint32_t count, const std::uint32_t* sources) noexcept {
      auto& self = *static_cast<Table*>(out)->out;
      for (std::uint32_t i = 0; i < count; ++i) {
        self.taken_.push_back({std::exchange(self.next_, self.next_ + self.stride_), sources[i]});
      }
    };
  }
  TestOut(const TestOut&) = delete;
  TestOut& operator=(const TestOut&) = delete;

  weir_out* table() { return &table_; }
  const std::vector<Taken>& taken() const { return taken_; }

 private:
  struct Table : weir_out {
    explicit Table(TestOut* owner) : weir_out{}, out(owner) {}
    TestOut* out;
  };

  Table table_;
  TestMemory& memory_;
  std::uint32_t stride_;
  char* next_ = nullptr;
  std::vector<Taken> taken_;
};

// Log, counters and pools.
class TestHost final {
 public:
  TestHost() {
    log_.context = metrics_.context = pool_.context = host_.context = this;
    host_.service = [](void* context, weir_text id) noexcept -> const void* {
      const auto& self = at(context);
      const std::string_view name(id.data, id.size);
      if (name == WEIR_LOG_SERVICE) return &self.log_;
      if (name == WEIR_METRICS_SERVICE) return &self.metrics_;
      if (name == WEIR_POOL_SERVICE) return &self.pool_;
      return nullptr;
    };
    log_.write = [](void* context, std::uint32_t, weir_text message) noexcept {
      at(context).lines.emplace_back(message.data, message.size);
    };
    metrics_.counter = [](void* context, weir_text name, weir_text) noexcept {
      return at(context).number(at(context).counter_names, name);
    };
    metrics_.add = [](void* context, std::uint32_t counter, std::uint64_t amount) noexcept {
      at(context).counters[at(context).counter_names[counter]] += amount;
    };
    pool_.open = [](void* context, weir_text name) noexcept {
      return at(context).number(at(context).pool_names, name);
    };
    pool_.contains = [](void* context,
                        std::uint32_t pool,
                        const weir_text* ids,
                        std::uint32_t count,
                        std::uint8_t* found) noexcept {
      const auto& content = at(context).pools[at(context).pool_names[pool]];
      for (std::uint32_t i = 0; i < count; ++i) {
        found[i] = content.contains(std::string(ids[i].data, ids[i].size)) ? 1 : 0;
      }
    };
  }
  TestHost(const TestHost&) = delete;
  TestHost& operator=(const TestHost&) = delete;

  const weir_host* table() const { return &host_; }

  std::vector<std::string> lines;
  std::map<std::string, std::uint64_t, std::less<>> counters;
  std::map<std::string, std::set<std::string>> pools;
  std::vector<std::string> counter_names;
  std::vector<std::string> pool_names;

 private:
  static TestHost& at(void* context) { return *static_cast<TestHost*>(context); }

  std::uint32_t number(std::vector<std::string>& names, weir_text text) {
    const std::string_view name(text.data, text.size);
    auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end()) found = names.emplace(names.end(), name);
    return static_cast<std::uint32_t>(found - names.begin());
  }

  weir_host host_ = [] {
    auto table = sized<weir_host>();
    table.abi_major = WEIR_ABI_MAJOR;
    table.abi_minor = WEIR_ABI_MINOR;
    return table;
  }();
  weir_log log_ = sized<weir_log>();
  weir_metrics metrics_ = sized<weir_metrics>();
  weir_pool pool_ = sized<weir_pool>();
};

}  // namespace detail
}  // namespace v1
}  // namespace weir
