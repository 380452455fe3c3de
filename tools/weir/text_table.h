#pragma once

#include <string>
#include <vector>

namespace weir {

enum class Align { Left, Right };

// Columns that line up, two blanks between them. Counts letters, not bytes.
class TextTable final {
 public:
  explicit TextTable(std::vector<Align> columns) : columns_(std::move(columns)) {}

  // As many cells as there are columns.
  void add(std::vector<std::string> cells);
  bool empty() const { return rows_.empty(); }

  // Each line starts with `indent` blanks and ends with a newline.
  std::string text(std::size_t indent = 0) const;

 private:
  std::vector<Align> columns_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace weir
