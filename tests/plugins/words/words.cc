// A small plugin to try the program with: words are passed on, or counted.
#include <chrono>
#include <cstdint>

#include <weir/sdk.h>

using namespace std::chrono_literals;

namespace {

enum class Mood : std::int32_t { Calm, Loud };
WEIR_ENUM(Mood, Calm, Loud)

struct Word {
  weir::Time tm;
  weir::Text word;
  Mood mood;
  std::int32_t length;
};
WEIR_RECORD(Word,
            (tm, "", "when it was said"),
            (word, "", "what was said"),
            (mood, "", "how it was said"),
            (length, "letters", "how long it is"))

struct Tally {
  std::int64_t count = 0;
};
WEIR_STATE(Tally, 1, count)

struct WordCount {
  weir::Text word;
  weir::Time window_start;
  std::int64_t count;
};
WEIR_RECORD(WordCount, word, window_start, count)

void copy_words(weir::Flow& flow) {
  flow.doc("every word that is long enough");
  const auto length_min = flow.param("length_min", 1, "shorter words are filtered");
  flow.source<Word>("words")
      .event_time(&Word::tm, weir::out_of_order(1s))
      .filter("long-enough", [length_min](const Word& word) { return word.length >= length_min; })
      .sink("copies");
}

void count_words(weir::Flow& flow) {
  flow.doc("how often each word was said in ten seconds");
  flow.source<Word>("words")
      .event_time(&Word::tm, weir::out_of_order(1s))
      .key_by("word", &Word::word)
      .window("ten-seconds", weir::tumbling(10s))
      .aggregate<Tally>(
          [](Tally& tally, const Word&) { ++tally.count; },
          [](Tally& into, const Tally& from) { into.count += from.count; },
          [](const auto& key, weir::Window window, const Tally& tally, weir::Out<WordCount> out) {
            const auto& [word] = key;
            out({.word = word, .window_start = window.start, .count = tally.count});
          })
      .sink("counts");
}

}  // namespace

#ifndef WORDS_VERSION
#define WORDS_VERSION "1.2.0"
#endif

WEIR_PLUGIN("words", WORDS_VERSION) {
  job("copy", copy_words);
  job("count", count_words);
}
