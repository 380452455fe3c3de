#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "checkpoint/image_layout.h"

namespace weir {

// Everything an image holds beside entries: small, and kept in memory. A value; filled record by
// record, when the image is opened and with each epoch.
class ImageMetadata final {
 public:
  // Corrupt: the record is not what was written.
  Status take(std::string_view key, std::string_view value);

  const std::optional<ImageHeader>& header() const { return header_; }
  const ImageHead& head() const { return head_; }
  const std::vector<StoredDrop>& drops() const { return drops_; }
  bool is_restored() const { return is_restored_; }
  const std::map<std::uint32_t, StoredOperator>& operators() const { return operators_; }

  std::optional<std::uint32_t> number_of(std::string_view uid) const;
  std::uint32_t next_number() const;
  std::vector<std::string> notes(std::uint32_t operator_number, std::string_view name) const;

 private:
  std::optional<ImageHeader> header_;
  ImageHead head_;
  std::vector<StoredDrop> drops_;
  bool is_restored_ = false;
  std::map<std::uint32_t, StoredOperator> operators_;
  std::map<std::pair<std::uint32_t, std::string>, std::vector<std::string>> notes_;
};

}  // namespace weir
