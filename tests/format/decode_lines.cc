// Decodes each value that stands on standard input behind its size (32 bits, little-endian) and
// prints a line for it: `error REASON` or the fields that are there, `name=value`, text in
// hexadecimal digits, numbers with a fraction as C writes them exactly. For differential_test.py.

#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>

#include "format/format.h"
#include "format/sample_record.h"

namespace weir::tests {
namespace {

bool read_bytes(void* to, std::size_t size) {
  return std::fread(to, 1, size, stdin) == size;
}

void put_text(const char* name, std::string_view text) {
  std::printf(" %s=", name);
  for (const char c : text)
    std::printf("%02x", static_cast<unsigned>(static_cast<unsigned char>(c)));
}

void put_integer(const char* name, bool is_there, std::int64_t value) {
  if (is_there) std::printf(" %s=%lld", name, static_cast<long long>(value));
}

void put_number(const char* name, bool is_there, double value) {
  if (is_there) std::printf(" %s=%a", name, value);
}

void put_row(const Sample& row) {
  std::printf("row");
  put_text("name", view(row.name));
  put_integer("flag", row.has_flag, row.flag);
  put_integer("i8", row.has_i8, row.i8);
  put_integer("i16", row.has_i16, row.i16);
  put_integer("i32", row.has_i32, row.i32);
  put_integer("i64", row.has_i64, row.i64);
  put_integer("u8", row.has_u8, row.u8);
  put_integer("u16", row.has_u16, row.u16);
  put_integer("u32", row.has_u32, row.u32);
  if (row.has_u64) std::printf(" u64=%llu", static_cast<unsigned long long>(row.u64));
  put_number("f32", row.has_f32, static_cast<double>(row.f32));
  put_number("f64", row.has_f64, row.f64);
  put_integer("time", row.has_time, row.time);
  if (row.has_bytes) put_text("bytes", view(row.bytes));
  put_integer("colour", row.has_colour, row.colour);
  if (row.has_label) put_text("label", row.label.view());
  if (row.has_place) put_text("place.city", view(row.place.city));
  if (row.has_place) put_number("place.height", row.place.has_height, row.place.height);
  std::printf("\n");
}

}  // namespace
}  // namespace weir::tests

int main() {
  using weir::tests::Sample;
  const auto decoder = weir::make_json_decoder(weir::tests::sample_schema());
  std::uint32_t size = 0;
  while (weir::tests::read_bytes(&size, sizeof size)) {
    std::string value(size, '\0');
    if (!weir::tests::read_bytes(value.data(), size)) return 1;
    weir::Block block(sizeof(Sample), 1);
    const auto error = decoder->decode(value, 0, block.row(0), block);
    if (error) {
      std::printf("error %s%s%s\n",
                  error->reason.c_str(),
                  error->field.empty() ? "" : " in ",
                  error->field.c_str());
    } else {
      weir::tests::put_row(*reinterpret_cast<const Sample*>(block.row(0)));
    }
  }
  return 0;
}
