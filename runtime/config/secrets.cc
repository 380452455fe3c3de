#include "config/secrets.h"

#include <algorithm>
#include <fstream>

#include "base/format.h"

namespace weir {
namespace {

constexpr std::size_t kSecretMax = std::size_t{64} << 10;

Result<std::string> read_secret(const std::filesystem::path& path) {
  std::error_code problem;
  if (!std::filesystem::is_regular_file(path, problem)) {
    return Error(ErrorKind::NotFound, format("no such file: {}", path.string()));
  }
  std::ifstream file(path, std::ios::binary);
  std::string value(kSecretMax + 1, '\0');
  file.read(value.data(), static_cast<std::streamsize>(value.size()));
  value.resize(static_cast<std::size_t>(file.gcount()));
  if (file.bad() || (!file && !file.eof())) {
    return Error(ErrorKind::Unavailable, format("cannot be read: {}", path.string()));
  }
  if (value.size() > kSecretMax) {
    return Error(ErrorKind::Invalid, format("longer than 64 KiB: {}", path.string()));
  }
  if (value.ends_with('\n')) value.pop_back();
  if (value.ends_with('\r')) value.pop_back();
  return value;
}

}  // namespace

Result<std::string> Secrets::value_of(std::string_view reference) const {
  const std::string_view inner = reference.substr(2, reference.size() - 3);
  std::string value;
  if (inner.starts_with("env:")) {
    const std::string name(inner.substr(4));
    auto found = environment_(name);
    if (!found) return Error(ErrorKind::NotFound, format("no variable {}", name));
    value = std::move(*found);
  } else if (inner.starts_with("file:")) {
    TRY(value, read_secret(folder_ / inner.substr(5)));
  } else {
    return Error(ErrorKind::Invalid, "neither ${env:NAME} nor ${file:path}");
  }
  if (value.empty()) return Error(ErrorKind::Invalid, format("empty: {}", reference));
  return value;
}

Result<std::string> Secrets::resolve(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const std::size_t start = text.find("${");
    if (start == std::string_view::npos) break;
    if (start > 0 && text[start - 1] == '$') {
      result.append(text.substr(0, start - 1)).append("${");
      text.remove_prefix(start + 2);
      continue;
    }
    const std::size_t end = text.find('}', start);
    if (end == std::string_view::npos) return Error(ErrorKind::Invalid, "a ${ without its }");
    const std::string_view reference = text.substr(start, end + 1 - start);
    TRY(std::string value, value_of(reference));
    result.append(text.substr(0, start)).append(value);
    remember(reference, std::move(value));
    text.remove_prefix(end + 1);
  }
  return result.append(text);
}

void Secrets::remember(std::string_view reference, std::string value) {
  const auto has_value = [&](const Secret& secret) { return secret.value == value; };
  if (std::any_of(secrets_.begin(), secrets_.end(), has_value)) return;
  secrets_.push_back({std::string(reference), std::move(value)});
  std::stable_sort(secrets_.begin(), secrets_.end(), [](const Secret& a, const Secret& b) {
    return a.value.size() > b.value.size();
  });
}

std::string Secrets::redact(std::string text) const {
  for (const Secret& secret : secrets_) {
    std::size_t at = 0;
    while ((at = text.find(secret.value, at)) != std::string::npos) {
      text.replace(at, secret.value.size(), secret.reference);
      at += secret.reference.size();
    }
  }
  return text;
}

}  // namespace weir
