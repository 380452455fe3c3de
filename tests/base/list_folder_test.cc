#include "base/list_folder.h"

#include <fstream>
#include <stdlib.h>
#include <string>

#include <gmock/gmock.h>

namespace weir {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class ListFolder : public testing::Test {
 protected:
  void SetUp() override {
    std::string place = (fs::temp_directory_path() / "weir-list-XXXXXX").string();
    ASSERT_NE(::mkdtemp(place.data()), nullptr);
    folder = place;
  }
  void TearDown() override { fs::remove_all(folder); }

  fs::path folder;
};

TEST_F(ListFolder, NamesWhatLiesThereInOrder) {
  EXPECT_THAT(*list_folder(folder), IsEmpty());
  for (const char* name : {"b", "a", "c"})
    std::ofstream(folder / name) << name;
  fs::create_directory(folder / "d");

  EXPECT_THAT(*list_folder(folder),
              ElementsAre(folder / "a", folder / "b", folder / "c", folder / "d"));
}

TEST_F(ListFolder, IsAnErrorWhereNothingCanBeRead) {
  const auto missing = list_folder(folder / "missing");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().kind(), ErrorKind::NotFound);

  std::ofstream(folder / "file") << "x";
  const auto file = list_folder(folder / "file");
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().kind(), ErrorKind::Unavailable);
  EXPECT_THAT(file.error().message(), HasSubstr((folder / "file").string()));
}

}  // namespace
}  // namespace weir
