#pragma once

#include <cstdint>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "fakes/manual_clock.h"
#include "fakes/memory_connector.h"
#include "fakes/recorded_log.h"
#include "job/click_answer.h"
#include "job/click_job.h"
#include "job/stepped_host.h"
#include "sim/sim_image.h"

namespace weir::sim {

// One job of overlapping windows and a coGroup through many lives of its host, from a seed: each is
// crashed or drained, and the next one may have another number of workers. What a life ends with,
// how it begins and what is true of the output then depends on the kind.
class Lives final {
 public:
  enum class Kind : std::uint8_t {
    ExactlyOnce,  // Every row once.
    AtLeastOnce,  // Every row, and no other.
    Changing,     // Delivery changes between lives. Every row, and no other.
    LostState,    // The disk is a new one now and then, and the job goes on as it is told to.
                  // Every row once, but for those of windows that were open then.
  };

  Lives(std::uint64_t seed, Kind kind, Mutation mutation);
  ~Lives();
  Lives(const Lives&) = delete;
  Lives& operator=(const Lives&) = delete;

  // What is wrong in the end; empty: nothing.
  std::string run();

  // What happened on the way.
  struct Events {
    std::size_t crashes = 0;
    std::size_t drains = 0;
    std::size_t lost_marks = 0;   // The disk forgot the last commit of the state.
    std::size_t lost_rows = 0;    // Deaths that took unflushed output along.
    std::size_t changes = 0;      // Of delivery.
    std::size_t new_counts = 0;   // Of workers.
    std::size_t lost_states = 0;  // Of those that the job noticed.
    std::size_t full_disks = 0;
    std::size_t troubles = 0;
  };
  const Events& events() const { return events_; }

 private:
  void make_job();
  JobSpec spec(bool may_start_empty);
  void connect(JobSpec& made, const std::string& port);
  void begin_life();
  void start_host(bool may_start_empty);
  void end_life();
  bool drain();
  void calm();
  void feed();
  void disturb();
  void step(std::size_t count);
  JobStatus status();
  std::string wait_for_end();
  std::string compare();
  bool has_doubles() const { return kind_ == Kind::AtLeastOnce || kind_ == Kind::Changing; }
  bool chance(std::size_t of) { return random_() % of == 0; }

  std::mt19937_64 random_;
  Kind kind_;
  Mutation mutation_;
  bool is_exactly_once_;
  std::size_t records_;  // Still to be fed.
  std::uint32_t workers_ = 0;
  fakes::ManualClock clock_;
  fakes::RecordedLog log_{LogLevel::Error};
  fakes::MemoryConnector world_;
  std::shared_ptr<ClickJob> job_ = std::make_shared<ClickJob>();

  // One of the two sources, and what was fed to it.
  struct Input {
    std::string port;
    std::vector<std::int64_t> times;   // By split: the largest so far.
    std::vector<std::size_t> offsets;  // By split.
    ClickRows rows;
  };
  Input left_;
  Input right_;
  std::multiset<std::string> errors_;  // "source split offset"

  std::shared_ptr<SimDisk> disk_ = std::make_shared<SimDisk>();
  std::unique_ptr<SteppedHost> host_;
  std::string problem_;  // The first, of a life.
  Events events_;
};

}  // namespace weir::sim
