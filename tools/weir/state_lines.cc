#include "state_lines.h"

#include <utility>

#include "base/format.h"
#include "host/time_text.h"

namespace weir {
namespace {

class LineIntake final : public EntryIntake {
 public:
  LineIntake(const OperatorText& texts, const TakeLine& take) : texts_(texts), take_(take) {}
  Status take(const StatePlace& place, std::uint8_t layout, std::string_view value) override {
    TRY(const std::string line, texts_.line(place, layout, value));
    take_(place, line);
    return Done{};
  }

 private:
  const OperatorText& texts_;
  const TakeLine& take_;
};

}  // namespace

Result<std::unique_ptr<OperatorText>> OperatorText::make(const StoredOperator& stored) {
  auto made = std::make_unique<OperatorText>();
  made->uid_ = stored.uid;
  for (const std::string& layout : stored.layouts) {
    TRY(auto form, decode_form(layout));
    made->forms_.push_back(std::move(form));
  }
  for (const StateForm& form : made->forms_)
    made->texts_.emplace_back(form);
  return made;
}

Result<std::string> OperatorText::line(const StatePlace& place,
                                       std::uint8_t layout,
                                       std::string_view value) const {
  std::string line = format(R"({{"uid":"{}","section":{},)", uid_, place.section);
  if (layout == 0 || layout > forms_.size()) {
    line += format(R"("key":{},"value":{}}})", hexadecimal(place.key), hexadecimal(value));
    return line;
  }
  const StateForm& form = forms_[layout - 1];
  if (form.kind != StateForm::Kind::Splits) {
    const WindowBounds bounds = WindowSlices(form.window).bounds_of_slice(place.section);
    line += format(R"("from":"{}","to":"{}",)",
                   time_text(std::optional(bounds.start)).value_or(""),
                   time_text(std::optional(bounds.end)).value_or(""));
  }
  TRY(const std::string key, texts_[layout - 1].key(place.key));
  TRY(const std::string text, texts_[layout - 1].value(place.key, value));
  return line + format(R"("key":{},"value":{}}})", key, text);
}

Status print_entries(const StoredState& state, std::string_view uid, const TakeLine& take) {
  bool is_found = uid.empty();
  for (const auto& [number, stored] : state.metadata().operators()) {
    if (!uid.empty() && stored.uid != uid) continue;
    is_found = true;
    TRY(const auto texts, OperatorText::make(stored));
    LineIntake lines(*texts, take);
    TRY_DO(state.read(number, lines));
  }
  if (!is_found) return Error(ErrorKind::NotFound, format("no state of operator {}", uid));
  return Done{};
}

}  // namespace weir
