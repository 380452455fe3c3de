#include "registry/sha256.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <memory>
#include <span>

#include <openssl/evp.h>

#include "base/check.h"
#include "base/format.h"

namespace weir {
namespace {

constexpr std::size_t kPieceBytes = 1 << 16;

class Digest final {
 public:
  Digest() : context_(EVP_MD_CTX_new(), &EVP_MD_CTX_free) {
    CHECK(context_ != nullptr);
    CHECK(EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) == 1);
  }

  void add(std::string_view bytes) {
    CHECK(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) == 1);
  }

  std::string hex() {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    CHECK(EVP_DigestFinal_ex(context_.get(), digest.data(), &size) == 1);
    std::string text;
    for (const unsigned char byte : std::span(digest).first(size))
      text += format("{:02x}", byte);
    return text;
  }

 private:
  std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context_;
};

}  // namespace

std::string sha256_of(std::string_view bytes) {
  Digest digest;
  digest.add(bytes);
  return digest.hex();
}

Result<std::string> sha256_of_file(const std::filesystem::path& path) {
  std::error_code trouble;
  if (!std::filesystem::exists(path, trouble)) {
    return Error(ErrorKind::NotFound, format("{}: no such file", path.string()));
  }
  std::ifstream file(path, std::ios::binary);
  Digest digest;
  std::string piece(kPieceBytes, '\0');
  while (file) {
    file.read(piece.data(), static_cast<std::streamsize>(piece.size()));
    digest.add(std::string_view(piece).substr(0, static_cast<std::size_t>(file.gcount())));
  }
  if (!file.eof()) {
    return Error(ErrorKind::Unavailable, format("{}: cannot be read", path.string()));
  }
  return digest.hex();
}

bool is_sha256(std::string_view text) {
  constexpr std::size_t kDigits = 64;
  return text.size() == kDigits && text.find_first_not_of("0123456789abcdef") == text.npos;
}

}  // namespace weir
