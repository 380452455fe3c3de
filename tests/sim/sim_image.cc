#include "sim/sim_image.h"

#include <utility>

namespace weir::sim {
namespace {

class SimImage final : public StateImage {
 public:
  SimImage(SimDisk& disk, Mutation mutation)
      : disk_(disk), mutation_(mutation), image_(fakes::open_memory_image(disk.now)) {}

  std::uint64_t epoch() const override { return image_->epoch(); }
  std::optional<std::uint64_t> prepared() const override { return image_->prepared(); }
  std::string prepared_by() const override {
    return mutation_ == Mutation::TrustNumbers ? std::string() : image_->prepared_by();
  }
  bool is_restored() const override { return image_->is_restored(); }
  void describe(std::string_view uid, std::string layout) override {
    image_->describe(uid, std::move(layout));
  }

  Status prepare(const EpochDelta& delta) override {
    if (delta.epoch <= image_->epoch()) {
      return Error(ErrorKind::Corrupt, "the epoch is in the state already");
    }
    EpochDelta written = delta;
    if (mutation_ == Mutation::ForgetPositions) written.positions.clear();
    if (mutation_ == Mutation::ForgetState) written.operators.clear();
    TRY_DO(image_->prepare(written));
    if (mutation_ == Mutation::StateFirst) TRY_DO(image_->commit());
    is_recovering_ = false;
    disk_.synced = disk_.now;
    return Done{};
  }

  Status commit() override {
    if (mutation_ == Mutation::StateFirst) return Done{};
    if (mutation_ == Mutation::RollBackCommitted && is_recovering_) return image_->roll_back();
    const bool is_first = image_->epoch() == 0;
    TRY_DO(image_->commit());
    if (is_first) disk_.synced = disk_.now;
    return Done{};
  }

  Status roll_back() override {
    return mutation_ == Mutation::KeepRolledBack ? image_->commit() : image_->roll_back();
  }

  Result<std::vector<SourcePositions>> positions() const override { return image_->positions(); }
  std::unique_ptr<StateReader> reader(std::string_view uid) const override {
    return image_->reader(uid);
  }
  std::vector<std::string> operators() const override { return image_->operators(); }

 private:
  SimDisk& disk_;
  Mutation mutation_;
  std::unique_ptr<StateImage> image_;
  bool is_recovering_ = true;
};

}  // namespace

std::unique_ptr<StateImage> open_sim_image(SimDisk& disk, Mutation mutation) {
  return std::make_unique<SimImage>(disk, mutation);
}

}  // namespace weir::sim
