// RocksDB's log:
//   log    := block*                                  of 32 KiB, the last one shorter
//   block  := fragment*  zeros                        less than a fragment's head
//   fragment := checksum:u32  size:u16  kind:u8  bytes   little-endian; CRC-32C, masked, of kind
//                                                        and bytes
//   record := Full | First Middle* Last
#include "checkpoint/wal_damage.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include <boost/crc.hpp>

#include "base/format.h"
#include "base/list_folder.h"

namespace weir {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kBlockBytes = 32768;
constexpr std::size_t kHeadBytes = 7;
constexpr std::size_t kSectorBytes = 512;

enum class Fragment : std::uint8_t { None, Full, First, Middle, Last };

std::uint32_t number_at(std::string_view bytes, std::size_t at, std::size_t size) {
  std::uint32_t value = 0;
  for (std::size_t i = size; i > 0; --i)
    value = (value << 8) | static_cast<unsigned char>(bytes[at + i - 1]);
  return value;
}

std::uint32_t masked_checksum(std::string_view bytes) {
  boost::crc_optimal<32, 0x1edc6f41, 0xffffffff, 0xffffffff, true, true> crc;
  crc.process_bytes(bytes.data(), bytes.size());
  const std::uint32_t sum = crc.checksum();
  return ((sum >> 15) | (sum << 17)) + 0xa282ead8;
}

// The fragments of one block, in order, until one is not whole.
class BlockReader final {
 public:
  explicit BlockReader(std::string_view block) : block_(block) {}

  std::size_t offset() const { return at_; }
  bool is_at_end() const { return block_.size() - at_ < kHeadBytes; }

  // None: what stands here is no fragment.
  Fragment next() {
    const std::size_t size = number_at(block_, at_ + 4, 2);
    const auto kind = static_cast<std::uint8_t>(block_[at_ + 6]);
    if (kind == 0 || kind > static_cast<std::uint8_t>(Fragment::Last)) return Fragment::None;
    if (at_ + kHeadBytes + size > block_.size()) return Fragment::None;
    const std::string_view summed = block_.substr(at_ + 6, 1 + size);
    if (number_at(block_, at_, 4) != masked_checksum(summed)) return Fragment::None;
    at_ += kHeadBytes + size;
    return static_cast<Fragment>(kind);
  }

 private:
  std::string_view block_;
  std::size_t at_ = 0;
};

// Looks for a record that is whole, fragment by fragment.
class WholeRecord final {
 public:
  bool ends_with(Fragment fragment) {
    if (fragment == Fragment::First) has_first_ = true;
    if (fragment == Fragment::None) has_first_ = false;
    return fragment == Fragment::Full || (fragment == Fragment::Last && has_first_);
  }

 private:
  bool has_first_ = false;
};

// Whether a disk that lost writes leaves such bytes: all the fragment's that lie in one sector are
// zero, be it those of its first one or any other.
bool is_unwritten(std::string_view block, std::size_t at) {
  std::size_t end = std::min(at + kHeadBytes + number_at(block, at + 4, 2), block.size());
  const auto begins_with_zeros = [&](std::size_t from) {
    const std::size_t sector = std::min(from + kSectorBytes - from % kSectorBytes, block.size());
    return block.substr(from, sector - from).find_first_not_of('\0') == std::string_view::npos;
  };
  if (begins_with_zeros(at)) return true;
  for (at += kSectorBytes - at % kSectorBytes; at < end; at += kSectorBytes) {
    if (begins_with_zeros(at)) return true;
  }
  return false;
}

Result<std::string> read_all(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::string bytes((std::istreambuf_iterator<char>(stream)), {});
  if (!stream.is_open() || stream.bad()) {
    return Error(ErrorKind::Unavailable, format("cannot read {}", file.string()));
  }
  return bytes;
}

Result<std::optional<WalDamage>> damage_of(const fs::path& file) {
  TRY(const std::string bytes, read_all(file));
  std::optional<WalDamage> damage;
  WholeRecord behind;
  for (std::size_t start = 0; start < bytes.size(); start += kBlockBytes) {
    const std::string_view text = std::string_view(bytes).substr(start, kBlockBytes);
    BlockReader block(text);
    Fragment fragment = Fragment::Full;
    while (fragment != Fragment::None && !block.is_at_end()) {
      const std::size_t offset = block.offset();
      fragment = block.next();
      if (!damage && fragment == Fragment::None) {
        damage = WalDamage{.file = file, .offset = start + offset};
        if (is_unwritten(text, offset)) return damage;
      }
      if (!damage || !behind.ends_with(fragment)) continue;
      damage->is_torn_tail = false;
      return damage;
    }
  }
  return damage;
}

}  // namespace

Result<std::optional<WalDamage>> find_wal_damage(const fs::path& folder) {
  TRY(const auto files, list_folder(folder));
  std::optional<WalDamage> torn;
  for (const fs::path& file : files) {
    if (file.extension() != ".log") continue;
    TRY(auto damage, damage_of(file));
    if (!damage) continue;
    if (!damage->is_torn_tail) return damage;
    torn = damage;
  }
  return torn;
}

}  // namespace weir
