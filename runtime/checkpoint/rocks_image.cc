#include "checkpoint/rocks_image.h"

#include <utility>

#include "base/check.h"
#include "base/crash_point.h"
#include "base/format.h"
#include "checkpoint/epoch_records.h"
#include "checkpoint/lasting_folder.h"
#include "checkpoint/rocks_reader.h"
#include "checkpoint/rocks_store.h"

namespace weir {
namespace {

namespace fs = std::filesystem;

class RocksImage final : public StateImage {
 public:
  RocksImage(fs::path folder, ImageOptions options, std::shared_ptr<RocksShare> share)
      : folder_(std::move(folder)), options_(std::move(options)), share_(std::move(share)) {}

  Status open();

  std::uint64_t epoch() const override { return metadata_.head().epoch; }
  std::optional<std::uint64_t> prepared() const override { return prepared_; }
  std::string prepared_by() const override { return prepared_ ? prepared_by_ : std::string(); }
  bool is_restored() const override { return metadata_.is_restored(); }
  void describe(std::string_view uid, std::string layout) override {
    layouts_.insert_or_assign(std::string(uid), std::move(layout));
  }
  Status prepare(const EpochDelta& delta) override;
  Status commit() override;
  Status roll_back() override;
  Result<std::vector<SourcePositions>> positions() const override {
    return metadata_.head().positions;
  }
  std::unique_ptr<StateReader> reader(std::string_view uid) const override {
    return std::make_unique<RocksReader>(
        store_ ? &store_->database() : nullptr, metadata_, metadata_.number_of(uid));
  }
  Status copy_to(const fs::path& folder) const override;
  std::vector<std::string> operators() const override;

 private:
  // Opens the store, or opens it anew after a write failed.
  Status open_store();
  Status check_header();
  Status write_prepared(const EpochDelta& delta);
  Status check_prepared() const;
  Status commit_found();
  Status commit_own();
  void carry_out_drops();
  // The error of a write, after which the store is not written any more.
  Error given_up(Error error, std::string_view operation);

  const fs::path folder_;
  const ImageOptions options_;
  const std::shared_ptr<RocksShare> share_;
  std::unique_ptr<RocksStore> store_;  // None when opening it anew failed.
  bool has_failed_ = false;            // A write of the store failed: only good to read from.
  ImageMetadata metadata_;             // As of the last epoch committed.
  LayoutsByUid layouts_;
  // The epoch that the world outside was told is prepared.
  std::optional<std::uint64_t> prepared_;
  std::string prepared_by_;
  std::vector<MetadataRecord> prepared_records_;  // None of them: it was prepared before opening.
};

Status RocksImage::open() {
  TRY_DO(open_store());
  prepared_ = store_->prepared();
  prepared_by_ = store_->prepared_by();
  return Done{};
}

Status RocksImage::open_store() {
  const std::uint64_t committed = epoch();
  store_.reset();
  TRY_DO(make_lasting_folder(*share_->options().env, folder_));
  TRY(auto store, RocksStore::open(folder_, *share_));
  WEIR_CRASH_POINT("image.open.read");
  // This process has seen it committed, and only the mark is lost.
  if (store->prepared() == committed) TRY_DO(store->commit_found());
  if (store->metadata().head().epoch < committed) {
    return Error(ErrorKind::Corrupt,
                 format("epoch {} was committed and is lost: the files end with epoch {}",
                        committed,
                        store->metadata().head().epoch));
  }
  // What a crash kept from being dropped.
  TRY_DO(store->drop(store->metadata().drops()));
  metadata_ = store->metadata();
  store_ = std::move(store);
  has_failed_ = false;
  if (auto checked = check_header(); !checked) {
    store_.reset();
    return checked;
  }
  return Done{};
}

Status RocksImage::check_header() {
  const ImageHeader wanted{.job = options_.job, .key_groups = options_.key_groups};
  if (!metadata_.header()) {
    if (metadata_.head().epoch != 0) return Error(ErrorKind::Corrupt, "header is missing");
    const MetadataRecord record = encode_header(wanted);
    WEIR_CRASH_POINT("image.open.made");
    TRY_DO(store_->put(record));
    return metadata_.take(record.key, record.value);
  }
  const ImageHeader& found = *metadata_.header();
  if (found.job != wanted.job) {
    return Error(ErrorKind::Incompatible,
                 format("it is the state of job {}, not of {}", found.job, wanted.job));
  }
  if (found.key_groups != wanted.key_groups) {
    return Error(ErrorKind::Incompatible,
                 format("it has {} key groups, the job {}", found.key_groups, wanted.key_groups));
  }
  return Done{};
}

Error RocksImage::given_up(Error error, std::string_view operation) {
  has_failed_ = true;
  return std::move(error).during(operation);
}

Status RocksImage::prepare(const EpochDelta& delta) {
  CHECK(!prepared_ && delta.epoch > epoch());
  const std::string operation = format("prepare epoch {}", delta.epoch);
  if (!store_ || has_failed_) {
    TRY_DO(open_store().during(operation));
    // The epoch whose prepare() failed may be in the files all the same: it was announced to
    // nobody.
    if (store_->prepared()) {
      if (auto undone = store_->roll_back(); !undone) {
        return given_up(std::move(undone).error(), operation);
      }
    }
  }
  if (auto written = write_prepared(delta); !written) {
    return given_up(std::move(written).error(), operation);
  }
  prepared_ = delta.epoch;
  prepared_by_ = delta.owner;
  return Done{};
}

Status RocksImage::write_prepared(const EpochDelta& delta) {
  const EpochRecords records(delta, metadata_, layouts_);
  TRY_DO(store_->prepare(delta.epoch, delta.owner, records));
  prepared_records_ = records.metadata();
  return Done{};
}

Status RocksImage::commit() {
  CHECK(prepared_);
  const std::string operation = format("commit epoch {}", *prepared_);
  if (!store_ || has_failed_) {
    prepared_records_.clear();
    TRY_DO(open_store().during(operation));
  }
  // Otherwise the mark of a commit that failed is in the files after all.
  if (epoch() != *prepared_) {
    TRY_DO(check_prepared().during(operation));
    auto committed = prepared_records_.empty() ? commit_found() : commit_own();
    if (!committed) return given_up(std::move(committed).error(), operation);
  }
  CHECK(epoch() == *prepared_);
  prepared_.reset();
  return Done{};
}

Status RocksImage::check_prepared() const {
  if (store_->prepared() == prepared_) return Done{};
  return Error(ErrorKind::Corrupt,
               format("it was prepared and is lost: the files end with epoch {}", epoch()));
}

Status RocksImage::commit_found() {
  TRY_DO(store_->commit_found());
  metadata_ = store_->metadata();
  carry_out_drops();
  return Done{};
}

Status RocksImage::commit_own() {
  // A mark that is lost leaves the epoch prepared. The outside world knows what became of it, or it
  // is done again from the positions of the one before. Before the first one there are none: those
  // that are committed outside next would count, without the state that belongs to them.
  TRY_DO(store_->commit(epoch() == 0));
  for (const MetadataRecord& record : std::exchange(prepared_records_, {}))
    TRY_DO(metadata_.take(record.key, record.value));
  carry_out_drops();
  return Done{};
}

// What fails here is made up for when the store is opened anew.
void RocksImage::carry_out_drops() {
  if (!store_->drop(metadata_.drops())) has_failed_ = true;
}

Status RocksImage::roll_back() {
  CHECK(prepared_);
  const std::string operation = format("roll back epoch {}", *prepared_);
  if (!store_ || has_failed_) TRY_DO(open_store().during(operation));
  // Otherwise the mark of a roll-back that failed is in the files after all.
  if (store_->prepared()) {
    TRY_DO(check_prepared().during(operation));
    if (auto undone = store_->roll_back(); !undone) {
      return given_up(std::move(undone).error(), operation);
    }
  }
  CHECK(epoch() < *prepared_);
  prepared_.reset();
  prepared_records_.clear();
  return Done{};
}

Status RocksImage::copy_to(const fs::path& folder) const {
  CHECK(!prepared_);
  if (!store_ || has_failed_) return Error(ErrorKind::Unavailable, "the state cannot be written");
  return store_->copy_to(folder);
}

std::vector<std::string> RocksImage::operators() const {
  std::vector<std::string> uids;
  for (const auto& [number, stored] : metadata_.operators())
    uids.push_back(stored.uid);
  return uids;
}

}  // namespace

Result<std::unique_ptr<StateImage>> open_rocks_image(const fs::path& folder,
                                                     const ImageOptions& options,
                                                     std::shared_ptr<RocksShare> share) {
  auto image = std::make_unique<RocksImage>(folder, options, std::move(share));
  if (auto opened = image->open(); !opened) {
    return std::move(opened).error().during("open state in " + folder.string());
  }
  return image;
}

}  // namespace weir
