#include "config/load.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/known_plugins.h"
#include "config/plugin_folder.h"

namespace weir {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

constexpr std::string_view kWhole = R"(
[host]
workers = 4
state = "state"
http = "127.0.0.1:0"

[kafka.main]
brokers = "localhost:9092"
properties = { "sasl.password" = "${env:PASSWORD}", "queued.min.messages" = 1000 }

[[job]]
name = "enter-cn"
plugin = "classroom"
type = "enter"
version = "^1.4"
class = "label"
epoch = "500ms"
epoch_bytes = "64MiB"
on_error = "skip"
params = { slow_enter_ms = 8000, patience = "1m", share = 1 }
  [job.source.enter]
  connector = "kafka"
  cluster = "main"
  topics = ["a", "b"]
  start = 2026-11-20T08:00:00Z
  fetch_bytes = "64KiB"
  unnatural_after = "1m"
  idle_after = "0s"
  out_of_order = "2s"
  watermark_every = 1
  [job.sink.labels]
  connector = "file"
  path = "out/labels.json"
  key = ["lesson_id", "user_id"]
  [job.side.timing]
  connector = "blackhole"
  slower_than = "60s"

[[job]]
name = "videos"
plugin = "video"
type = "consumption"
  [job.source.watched]
  connector = "plugin:lesson-schedule"
  every = "2s"
  [job.sink.top]
  connector = "blackhole"
  [job.pool.videos]
  path = "ids.txt"
)";

class LoadTest : public testing::Test {
 protected:
  LoadTest() {
    plugins.add_plugin("libclassroom.so", classroom_plugin());
    plugins.add_plugin("video.so", video_plugin());
    plugins.write("ids.txt", "1\n2\n");
    plugins.set("PASSWORD", "canary-7f3a");
  }

  LoadedJobs load(std::string_view text) {
    return load_jobs_text(text, plugins.path() / "jobs.toml", plugins.ports());
  }

  // The messages without the folder in front.
  std::vector<std::string> messages(std::string_view text) {
    std::vector<std::string> lines;
    for (Mistake& mistake : load(text).mistakes) {
      mistake.file = "jobs.toml";
      lines.push_back(weir::text(mistake));
    }
    return lines;
  }

  std::string with(std::string_view what, std::string_view by) {
    std::string text(kWhole);
    text.replace(text.find(what), what.size(), by);
    return text;
  }

  PluginFolder plugins;
};

TEST_F(LoadTest, AWholeFileBecomesItsSpec) {
  const LoadedJobs loaded = load(kWhole);

  ASSERT_THAT(messages(kWhole), IsEmpty());
  EXPECT_EQ(loaded.jobs.host.workers, 4U);
  EXPECT_EQ(loaded.jobs.host.state, plugins.path() / "state");
  EXPECT_EQ(loaded.jobs.host.http, "127.0.0.1:0");
  const ClusterSpec& cluster = loaded.jobs.clusters.at("main");
  EXPECT_EQ(cluster.brokers, "localhost:9092");
  EXPECT_EQ(cluster.properties.at("queued.min.messages"), "1000");
  EXPECT_EQ(cluster.properties.at("sasl.password"), "canary-7f3a");

  ASSERT_THAT(loaded.jobs.jobs, SizeIs(2));
  const JobSpec& job = loaded.jobs.jobs[0];
  EXPECT_EQ(job.name, "enter-cn");
  EXPECT_EQ(job.plugin_path, plugins.path() / "libclassroom.so");
  EXPECT_EQ(job.job_class, "label");
  EXPECT_EQ(job.epoch, milliseconds(500));
  EXPECT_EQ(job.epoch_bytes, 64 << 20);
  EXPECT_EQ(job.on_error, OnError::Skip);
  EXPECT_THAT(job.parameters,
              ElementsAre(ParameterValue(std::int64_t{8000}),
                          ParameterValue(1.0),
                          ParameterValue(false),
                          ParameterValue(std::string("cn")),
                          ParameterValue(std::int64_t{60'000})));
}

TEST_F(LoadTest, APortKnowsItsConnectorAndItsOptions) {
  const LoadedJobs loaded = load(kWhole);

  const JobSpec& job = loaded.jobs.jobs.at(0);
  ASSERT_THAT(job.sources, SizeIs(1));
  const SourceSpec& source = job.sources[0];
  EXPECT_EQ(source.uid, "enter");
  EXPECT_EQ(source.connector, "kafka");
  EXPECT_EQ(source.request.job, "enter-cn");
  EXPECT_EQ(source.request.port, "enter");
  EXPECT_EQ(source.request.options.at("start"), OptionValue("2026-11-20T08:00:00Z"));
  EXPECT_EQ(source.request.options.at("fetch_bytes"), OptionValue(std::int64_t{65'536}));
  EXPECT_EQ(source.request.options.at("topics"), OptionValue(std::vector<std::string>{"a", "b"}));
  EXPECT_TRUE(source.request.clusters.contains("main"));
  EXPECT_EQ(source.unnatural_after, milliseconds(60'000));
  EXPECT_EQ(source.idle_after, milliseconds(0));
  EXPECT_EQ(source.out_of_order, milliseconds(2'000));
  EXPECT_EQ(source.watermark_every, 1U);

  ASSERT_THAT(job.sinks, SizeIs(1));
  EXPECT_THAT(job.sinks[0].key, ElementsAre("lesson_id", "user_id"));
  EXPECT_EQ(job.sinks[0].request.options.at("path"),
            OptionValue((plugins.path() / "out/labels.json").string()));
  ASSERT_THAT(job.sides, SizeIs(1));
  EXPECT_EQ(job.sides[0].stream, "timing");
  EXPECT_EQ(job.sides[0].request.port, "side.timing");
  EXPECT_EQ(job.sides[0].slower_than, milliseconds(60'000));
}

TEST_F(LoadTest, AConnectorOfAPluginIsFoundByItsManifest) {
  const LoadedJobs loaded = load(kWhole);

  const SourceSpec& source = loaded.jobs.jobs.at(1).sources.at(0);
  EXPECT_EQ(source.connector_plugin, plugins.path() / "libclassroom.so");
  EXPECT_EQ(source.request.options.at("every"), OptionValue(std::int64_t{2'000}));
  EXPECT_EQ(loaded.jobs.jobs[1].pools.at(0).path, plugins.path() / "ids.txt");
}

TEST_F(LoadTest, AConnectorThatTwoPluginsHaveMustNameItsPlugin) {
  PluginDescription school = classroom_plugin();
  school.name = "school";
  plugins.add_plugin("libschool.so", school);
  const std::string short_name = "plugin:lesson-schedule";

  EXPECT_THAT(
      messages(kWhole),
      ElementsAre(HasSubstr("found \"plugin:lesson-schedule\", which 2 plugins have, expected "
                            "one of plugin:classroom/lesson-schedule, "
                            "plugin:school/lesson-schedule")));

  const LoadedJobs loaded = load(with(short_name, "plugin:school/lesson-schedule"));
  ASSERT_THAT(loaded.mistakes, IsEmpty());
  EXPECT_EQ(loaded.jobs.jobs.at(1).sources.at(0).connector_plugin, plugins.path() / "libschool.so");
  EXPECT_THAT(messages(with(short_name, "plugin:skool/lesson-schedule")),
              ElementsAre(HasSubstr("did you mean \"plugin:school/lesson-schedule\"?")));
}

TEST_F(LoadTest, FieldsBecomeHeadersWhereTheConnectorHasThem) {
  const std::string sink = "  [job.sink.top]\n";

  EXPECT_THAT(messages(with(sink, sink + "  header_fields = { video = \"x-video\" }\n")),
              ElementsAre(HasSubstr("header_fields: found headers for connector")));
  EXPECT_THAT(messages(with(sink, sink + "  header_fields = { vidio = 1 }\n")), SizeIs(2));
}

TEST_F(LoadTest, FieldsOfTextTakeKeyAndHeaders) {
  const std::string both =
      with("every = \"2s\"", "key_field = \"video\"\n  header_fields = { video = \"x-video\" }");
  const LoadedJobs loaded = load(both);

  // A connector without headers is told so.
  ASSERT_THAT(loaded.mistakes, SizeIs(1));
  EXPECT_THAT(text(loaded.mistakes[0]), HasSubstr("found headers that are not read"));
  const SourceSpec& source = loaded.jobs.jobs.at(1).sources.at(0);
  EXPECT_EQ(source.key_field, "video");
  EXPECT_EQ(source.header_fields.at("video"), "x-video");
  EXPECT_THAT(messages(with("every = \"2s\"", "key_field = \"vidio\"")),
              ElementsAre(HasSubstr("key_field: found \"vidio\", expected video")));
  EXPECT_THAT(messages(with("every = \"2s\"", "header_fields = { tm = 1 }")), SizeIs(2));
}

TEST_F(LoadTest, ASecretIsNeverInAMessage) {
  const std::string in_topic =
      with("topics = [\"a\", \"b\"]", "topics = [\"x ${env:PASSWORD}\", \"b\"]");
  const std::string in_start =
      with("start = 2026-11-20T08:00:00Z", "start = \"${env:PASSWORD}\"\n  tipics = 1");
  const std::string in_cluster = with("cluster = \"main\"", "cluster = \"${env:PASSWORD}\"");

  for (const std::string& text : {in_topic, in_start, in_cluster}) {
    const auto lines = messages(text);
    ASSERT_THAT(lines, Not(IsEmpty()));
    for (const std::string& line : lines)
      EXPECT_THAT(line, Not(HasSubstr("canary")));
  }
  EXPECT_EQ(load(in_topic).secrets.redact("<canary-7f3a>"), "<${env:PASSWORD}>");
}

TEST_F(LoadTest, ASecretComesFromAFileWithoutItsLineEnd) {
  plugins.write("secrets/password", "canary-file\n");

  const LoadedJobs loaded = load(with("${env:PASSWORD}", "${file:secrets/password}"));

  ASSERT_THAT(loaded.mistakes, IsEmpty());
  EXPECT_EQ(loaded.jobs.clusters.at("main").properties.at("sasl.password"), "canary-file");
}

TEST_F(LoadTest, AFolderOfTheFileWinsOverTheOthers) {
  PluginDescription older = classroom_plugin();
  older.version = "1.5.0";
  plugins.add_plugin("mine/libclassroom.so", older);

  const LoadedJobs loaded = load(with("[host]", "[host]\nplugin_path = [\"mine\"]"));

  ASSERT_THAT(loaded.mistakes, IsEmpty());
  EXPECT_EQ(loaded.jobs.jobs.at(0).plugin_path, plugins.path() / "mine/libclassroom.so");
}

TEST_F(LoadTest, AFolderOfTheStoreWinsOverAll) {
  plugins.add_plugin("mine/libclassroom.so", classroom_plugin());
  plugins.add_plugin("var/plugins/newest/libclassroom.so", classroom_plugin());
  LoadPorts ports = plugins.ports();
  ports.stored_folders = [](const std::filesystem::path& store) {
    return std::vector<std::filesystem::path>{store / "newest"};
  };

  const LoadedJobs loaded = load_jobs_text(
      with("[host]", "[host]\nplugin_path = [\"mine\"]"), plugins.path() / "jobs.toml", ports);

  ASSERT_THAT(loaded.mistakes, IsEmpty());
  EXPECT_EQ(loaded.jobs.host.store, plugins.path() / "var/plugins");
  EXPECT_EQ(loaded.jobs.jobs.at(0).plugin_path,
            plugins.path() / "var/plugins/newest/libclassroom.so");
}

TEST_F(LoadTest, AStoreChoosesTheVersionThatAJobWishes) {
  PluginDescription older = classroom_plugin();
  older.version = "1.4.7";
  plugins.add_plugin("libolder.so", older);
  LoadPorts ports = plugins.ports();
  std::string wished;
  ports.find_version = [&](const PluginWish& wish) -> std::optional<std::filesystem::path> {
    if (wish.plugin != "classroom") return std::nullopt;
    wished = std::string(wish.job) + ' ' + std::string(wish.version) + ' ' + wish.store.string();
    return plugins.path() / "libolder.so";
  };

  const LoadedJobs loaded = load_jobs_text(
      with("[host]", "[host]\nstore = \"mine\""), plugins.path() / "jobs.toml", ports);

  ASSERT_THAT(loaded.mistakes, IsEmpty());
  EXPECT_EQ(wished, "enter-cn ^1.4 " + (plugins.path() / "mine").string());
  EXPECT_EQ(loaded.jobs.jobs.at(0).plugin_path, plugins.path() / "libolder.so");
}

TEST_F(LoadTest, AFileThatIsNotThereIsAMistake) {
  const LoadedJobs loaded = load_jobs("/nowhere/jobs.toml", plugins.ports());

  ASSERT_THAT(loaded.mistakes, SizeIs(1));
  EXPECT_EQ(text(loaded.mistakes[0]),
            "/nowhere/jobs.toml: found no such file, expected a jobs file");
}

TEST_F(LoadTest, AFolderIsNoJobsFile) {
  const LoadedJobs loaded = load_jobs(plugins.path(), plugins.ports());

  ASSERT_THAT(loaded.mistakes, SizeIs(1));
  EXPECT_EQ(loaded.mistakes[0].found, "a folder");
}

TEST_F(LoadTest, AHugeFileIsRefused) {
  EXPECT_THAT(messages(std::string((4 << 20) + 1, '#')),
              ElementsAre("jobs.toml: found too many bytes, expected at most 4 MiB"));
}

TEST_F(LoadTest, AZeroByteIsRefusedWhereItStands) {
  using namespace std::string_literals;
  EXPECT_THAT(messages("[host]\nwork\0ers = 2\n"s),
              ElementsAre("jobs.toml:2:5: found a byte 0, expected text"));
}

TEST_F(LoadTest, AFileThatWasWrittenByHalfNeverPasses) {
  constexpr std::string_view kNothingOptional = R"([[job]]
name = "enter-cn"
plugin = "classroom"
type = "enter"
[job.source.enter]
connector = "file"
path = "steps.json"
[job.sink.labels]
connector = "file"
path = "labels.json")";
  ASSERT_THAT(messages(kNothingOptional), IsEmpty());

  for (std::size_t size = 0; size < kNothingOptional.size(); ++size) {
    EXPECT_THAT(load(kNothingOptional.substr(0, size)).mistakes, Not(IsEmpty())) << size;
  }
}

TEST_F(LoadTest, NestingWithoutEndIsRefused) {
  EXPECT_THAT(messages("a = " + std::string(100'000, '[')), SizeIs(1));
}

TEST_F(LoadTest, TooManyMistakesAreCut) {
  std::string text;
  for (int i = 0; i < 1'000; ++i)
    text += "unknown" + std::to_string(i) + " = 1\n";
  EXPECT_THAT(messages(text), SizeIs(kMistakesMax));
}

}  // namespace
}  // namespace weir
