#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "fakes/manual_clock.h"
#include "fakes/memory_connector.h"
#include "fakes/recorded_log.h"
#include "job/click_job.h"
#include "job/stepped_host.h"
#include "sim/sim_image.h"

namespace weir::sim {

// One job, its broker and its disk in one thread, from a seed, which also says when the host dies,
// is replaced while it only sleeps, gets no answer or finds no room, and when the job gets other
// code. What readers of committed records see in the end must be what an undisturbed run gives:
// every row once, made by one version of the code, and the versions in the order of the swaps.
class Simulation final {
 public:
  Simulation(std::uint64_t seed, Mutation mutation);
  ~Simulation();
  Simulation(const Simulation&) = delete;
  Simulation& operator=(const Simulation&) = delete;

  // What is wrong in the end; empty: nothing.
  std::string run();

  // What happened on the way.
  struct Events {
    std::size_t crashes = 0;
    std::size_t lost_marks = 0;  // Of those, with a commit of the state that was not synced.
    std::size_t zombies = 0;
    std::size_t revived = 0;
    std::size_t refused = 0;  // Of those, as the job had gone on elsewhere.
    std::size_t full_disks = 0;
    std::size_t troubles = 0;
    std::size_t fenced = 0;
    std::size_t restarts = 0;
    std::size_t swaps = 0;
    std::size_t converted = 0;  // Of those, with another accumulator.
    std::size_t failed_swaps = 0;
  };
  const Events& events() const { return events_; }

 private:
  struct Record {
    std::size_t split;
    std::size_t offset;
    std::int64_t time;
    std::string user;
  };

  // A host and the disk that it sees.
  struct Machine {
    std::shared_ptr<SimDisk> disk;
    std::unique_ptr<SteppedHost> host;
  };

  void make_code(std::size_t version);
  JobSpec spec(std::size_t version);
  Machine start_machine(std::shared_ptr<SimDisk> disk);
  void feed();
  void disturb();
  void crash();
  void replace();
  void revive();
  void swap();
  void step_zombie();
  void step(std::size_t count);
  JobStatus status();
  bool is_up();
  std::string wait_for_end();
  std::string compare() const;
  std::string compare_rows(std::map<std::int64_t, std::size_t>& version_of) const;
  std::string compare_versions(const std::map<std::int64_t, std::size_t>& version_of) const;
  bool chance(std::size_t of) { return random_() % of == 0; }

  std::mt19937_64 random_;
  Mutation mutation_;
  std::uint32_t workers_;
  std::size_t records_;  // Still to be fed.
  fakes::ManualClock clock_;
  fakes::RecordedLog log_{LogLevel::Error};
  fakes::MemoryConnector world_;
  std::vector<std::shared_ptr<ClickJob>> codes_;  // By version.
  std::vector<std::int64_t> times_;               // By split: the largest so far.
  std::vector<std::size_t> offsets_;              // By split.

  std::int64_t clicks_ = 0;                  // Each has its number for its amount.
  std::map<std::int64_t, Record> useful_;    // By amount.
  std::vector<std::size_t> versions_ = {0};  // That were in force, one behind the other.
  bool is_swapping_ = false;
  std::size_t filtered_ = 0;
  std::multiset<std::string> errors_;  // "split offset"

  Machine machine_;
  std::deque<Machine> zombies_;
  Events events_;
};

}  // namespace weir::sim
