// Any bytes to a row and back. What is decoded must be encoded to what is decoded to the same
// again.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>

#include "base/check.h"
#include "format/format.h"
#include "format/sample_record.h"

namespace {

using weir::Block;
using weir::tests::Sample;
using weir::tests::sample_schema;

// As a record without a neighbour: what is read behind it is found.
std::optional<weir::DecodeError> decode(weir::Decoder& decoder,
                                        std::string_view json,
                                        Block& block) {
  const auto bytes = std::make_unique<char[]>(json.size());
  if (!json.empty()) std::memcpy(bytes.get(), json.data(), json.size());
  return decoder.decode({bytes.get(), json.size()}, 0, block.row(0), block);
}

std::string encode(Block& block) {
  std::string json;
  weir::make_json_encoder(sample_schema())->encode(block.row(0), json);
  return json;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // One for all inputs: what it learned from one must not harm the next.
  static const auto decoder = weir::make_json_decoder(sample_schema());
  Block block(sizeof(Sample), 1);
  const auto error = decode(*decoder, {reinterpret_cast<const char*>(data), size}, block);
  if (error) {
    CHECK(error->position <= size);
    CHECK(!error->text().empty());
    return 0;
  }
  const std::string json = encode(block);
  Block again(sizeof(Sample), 1);
  const auto second = decode(*decoder, json, again);
  CHECK(!second, json);
  CHECK(encode(again) == json, json);
  return 0;
}
