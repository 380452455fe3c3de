#include "rollout/durable_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/list_folder.h"
#include "rollout/scratch_folder.h"

namespace weir {
namespace {

using testing::SizeIs;

TEST(DurableFile, IsReplacedAsAWholeAndLeavesNothingBeside) {
  const ScratchFolder scratch;
  const auto path = scratch.path() / "deep" / "er" / "file";

  ASSERT_TRUE(write_durably(path, "one\n"));
  ASSERT_TRUE(write_durably(path, "two\n"));

  EXPECT_EQ(*read_whole_file(path), "two\n");
  EXPECT_THAT(*list_folder(path.parent_path()), SizeIs(1));
}

TEST(DurableFile, GrowsAtItsEnd) {
  const ScratchFolder scratch;
  const auto path = scratch.path() / "lines";

  ASSERT_TRUE(append_durably(path, "one\n"));
  ASSERT_TRUE(append_durably(path, "two\n"));

  EXPECT_EQ(*read_whole_file(path), "one\ntwo\n");
}

TEST(DurableFile, ThatIsMissingIsNotFoundAndMayBeRemoved) {
  const ScratchFolder scratch;
  const auto path = scratch.path() / "none";

  EXPECT_EQ(read_whole_file(path).error().kind(), ErrorKind::NotFound);
  EXPECT_TRUE(remove_durably(path));
}

TEST(DurableFile, AFolderIsNoFile) {
  const ScratchFolder scratch;

  EXPECT_EQ(read_whole_file(scratch.path()).error().kind(), ErrorKind::Unavailable);
  EXPECT_EQ(write_durably(scratch.path(), "text").error().kind(), ErrorKind::Unavailable);
}

}  // namespace
}  // namespace weir
