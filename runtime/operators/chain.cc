#include "operators/chain.h"

#include <algorithm>
#include <utility>

#include "base/format.h"

namespace weir {

// A step's Output: leads to the next step, or out.
class Chain::Link final : public Output {
 public:
  Link(Chain& chain, ChainStep step) : chain_(chain), step_(std::move(step)) {
    encoders_.resize(step_.inputs.size());
  }

  void set_next(Link* next) { next_ = next; }

  Status process(std::size_t port, RowBatch batch) {
    step_.meter->rows_in.add(batch.size());
    const CallScope call(chain_.marker_, step_.site);
    auto processed = step_.body->process(port, std::move(batch), *this);
    return settle(std::move(processed));
  }

  Result<Advance> advance(EventTime watermark) {
    const CallScope call(chain_.marker_, step_.site);
    auto advanced = step_.body->advance(watermark, *this);
    return settle(std::move(advanced));
  }

  void collect(StateDelta& delta) { step_.body->collect(delta); }
  bool collect_more() { return step_.body->collect_more(); }

  Status restore(const OpenState& open_state) {
    const std::unique_ptr<StateReader> state = open_state(step_.uid);
    return settle(step_.body->restore(*state).during("restore"));
  }

  // A step that calls no plugin has no site, and gets none.
  void flip(const CodeFlip::Entry& to) {
    if (to.functions != nullptr) step_.body->flip(*to.functions);
    if (step_.site != nullptr) step_.site = to.site;
  }

  const std::string& uid() const { return step_.uid; }

  void emit(RowBatch batch) override {
    step_.meter->rows_out.add(batch.size());
    batch.origin = chain_.origin_;
    if (next_ == nullptr) {
      chain_.outlets_.push(std::move(batch));
      return;
    }
    if (chain_.failure_) return;
    Status processed = next_->process(0, std::move(batch));
    if (!processed) chain_.failure_ = std::move(processed).error();
  }

  void divert(SideStream stream, std::size_t port, const RowBatch& rows) override {
    Counter& counter = stream == SideStream::Late ? step_.meter->late : step_.meter->filtered;
    counter.add(rows.size());
    if (chain_.sides_.is_connected(stream)) {
      chain_.sides_.write_rows(stream, encoder(port), rows);
    }
  }

  Status reject(std::size_t port,
                const RowBatch& rows,
                std::size_t row,
                std::string_view reason) override {
    step_.meter->rejected.add(1);
    if (chain_.sides_.bad_rows() == BadRows::Stop) {
      return Error(ErrorKind::Plugin, format("refused a row: {}", reason));
    }
    if (!chain_.sides_.is_connected(SideStream::Errors)) return Done{};
    ErrorRecord error = error_of(reason);
    std::string value;
    if (!rows.records.empty()) {
      set_record(error, rows.origin->records.at(rows.records[row]));
    } else {
      encoder(port).encode_plain(rows.rows[row], value);
      error.value = {reinterpret_cast<const std::uint8_t*>(value.data()), value.size()};
      error.has_value = 1;
      error.timestamp = rows.times[row];
      error.has_timestamp = 1;
    }
    chain_.sides_.write_error(error);
    return Done{};
  }

  Status reject_window(std::string_view key,
                       WindowBounds window,
                       std::string_view reason) override {
    step_.meter->rejected.add(1);
    if (chain_.sides_.bad_rows() == BadRows::Stop) {
      return Error(ErrorKind::Plugin, format("refused a window: {}", reason));
    }
    ErrorRecord error = error_of(reason);
    error.key = {reinterpret_cast<const std::uint8_t*>(key.data()), key.size()};
    error.window_start = window.start.milliseconds;
    error.window_end = window.end.milliseconds;
    error.has_window_start = error.has_window_end = 1;
    chain_.sides_.write_error(error);
    return Done{};
  }

 private:
  // The step's own failure or one behind it, and what it holds now.
  template <class T>
  Result<T> settle(Result<T> outcome) {
    step_.meter->key_count.set(step_.body->key_count());
    step_.meter->state_bytes.set(step_.body->state_bytes());
    if (!outcome) return std::move(outcome).error().during("operator " + step_.uid);
    if (chain_.failure_) return *chain_.failure_;
    return outcome;
  }

  SideRowEncoder& encoder(std::size_t port) {
    auto& made = encoders_[port];
    if (made == nullptr) {
      made = std::make_unique<SideRowEncoder>(step_.uid, *step_.inputs[port]);
    }
    return *made;
  }

  ErrorRecord error_of(std::string_view reason) const {
    ErrorRecord error;
    const std::string& job = chain_.sides_.job();
    error.job = {job.data(), job.size()};
    error.operator_uid = {step_.uid.data(), step_.uid.size()};
    error.reason = {reason.data(), reason.size()};
    return error;
  }

  Chain& chain_;
  ChainStep step_;
  Link* next_ = nullptr;
  std::vector<std::unique_ptr<SideRowEncoder>> encoders_;  // By port; made when first used.
};

Chain::Chain(std::vector<ChainStep> steps,
             std::vector<std::unique_ptr<Outlet>> outlets,
             SideStreams& sides,
             CallMarker& marker)
    : outlets_(std::move(outlets)), sides_(sides), marker_(marker) {
  for (ChainStep& step : steps) {
    links_.push_back(std::make_unique<Link>(*this, std::move(step)));
    if (links_.size() > 1) links_[links_.size() - 2]->set_next(links_.back().get());
  }
}

Chain::~Chain() = default;

Status Chain::process(std::size_t port, RowBatch batch) {
  if (links_.empty()) {
    outlets_.push(std::move(batch));
    return Done{};
  }
  origin_ = batch.origin;
  marker_.set_origin(origin_.get());
  Status processed = links_.front()->process(port, std::move(batch));
  marker_.set_origin(nullptr);
  origin_.reset();
  return processed;
}

Result<Advance> Chain::advance(EventTime watermark) {
  if (links_.empty()) return Advance::Complete;
  return links_.front()->advance(watermark);
}

void Chain::collect(std::vector<OperatorDelta>& deltas) {
  // Steps hold on to their deltas: none may move.
  const std::size_t first = deltas.size();
  for (const auto& link : links_)
    deltas.push_back({.uid = link->uid(), .delta = {}});
  for (std::size_t i = 0; i < links_.size(); ++i)
    links_[i]->collect(deltas[first + i].delta);
}

bool Chain::collect_more() {
  return std::ranges::all_of(links_, [](const auto& link) { return link->collect_more(); });
}

Status Chain::restore(const OpenState& open_state) {
  for (const auto& link : links_)
    TRY_DO(link->restore(open_state));
  return Done{};
}

void Chain::flip(const CodeFlip& flip, std::size_t worker) {
  for (const auto& link : links_)
    link->flip(flip.entry(worker, link->uid()));
}

const std::string* Chain::first_uid() const {
  return links_.empty() ? nullptr : &links_.front()->uid();
}

}  // namespace weir
