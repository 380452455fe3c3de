#include "registry/host_side.h"

#include <gmock/gmock.h>

#include "registry/candidate.h"
#include "registry/gate.h"

namespace weir {
namespace {

using ::testing::IsEmpty;

HostSide host_side() {
  auto host = read_host_side();
  EXPECT_TRUE(host) << host.error().text();
  return host ? *std::move(host) : HostSide();
}

Candidate candidate() {
  auto read = read_candidate(std::filesystem::path(WEIR_TEST_PLUGINS) / "libminimal.so");
  EXPECT_TRUE(read) << read.error().text();
  return read ? *std::move(read) : Candidate();
}

std::vector<std::string> texts(const Verdict& verdict) {
  std::vector<std::string> all;
  for (const GateFinding& finding : verdict.findings)
    all.push_back(finding.rule + ": " + finding.text);
  return all;
}

TEST(HostSide, HasTheLibrariesOfTheSystem) {
  const HostSide host = host_side();

  const HostLibrary* libc = host.find("libc.so.6");
  ASSERT_NE(libc, nullptr);
  EXPECT_TRUE(libc->symbols.contains("malloc"));
  EXPECT_TRUE(libc->versions.contains("GLIBC_2.17"));
  EXPECT_NE(host.find("libstdc++.so.6"), nullptr);
  EXPECT_EQ(host.find("libsimdjson.so.14"), nullptr);
}

TEST(Gate, AdmitsAPluginOfThisBuild) {
  const Verdict verdict = judge(candidate(), host_side());

  EXPECT_THAT(texts(verdict), IsEmpty());
  EXPECT_TRUE(verdict.is_admitted());
  EXPECT_EQ(verdict.plugin->name, "minimal");
}

TEST(Gate, RefusesWhatAnOlderHostLacks) {
  HostSide host = host_side();
  for (HostLibrary& library : host.libraries) {
    if (library.name == "libstdc++.so.6") library.versions = {"GLIBCXX_3.4", "GLIBCXX_3.4.1"};
  }

  const auto said = texts(judge(candidate(), host));

  EXPECT_THAT(said,
              ::testing::Contains(::testing::HasSubstr(
                  " of libstdc++.so.6, this host has up to GLIBCXX_3.4.1: compile it on a "
                  "system that is not newer than the host's")));
}

TEST(Gate, RefusesWhatAHostWithAnotherSanitizerCannotLoad) {
  HostSide host = host_side();
  host.sanitizers = {"MemorySanitizer"};

  EXPECT_THAT(texts(judge(candidate(), host)),
              ::testing::ElementsAre(::testing::AllOf(
                  ::testing::StartsWith("sanitizer: is built with "),
                  ::testing::EndsWith(", this host with MemorySanitizer: build both alike"))));
}

TEST(Gate, SaysOfAForeignMachineNothingElse) {
  HostSide host = host_side();
  host.machine = 183;

  EXPECT_THAT(texts(judge(candidate(), host)),
              ::testing::ElementsAre(
                  "machine: is made for x86-64, this host runs on AArch64: compile it for that"));
}

}  // namespace
}  // namespace weir
