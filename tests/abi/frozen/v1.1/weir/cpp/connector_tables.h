// Connectors of C++ as the tables of the ABI.
#pragma once

#include <stdexcept>

#include <weir/cpp/connector.h>

namespace weir {
inline namespace v1 {
namespace detail {

struct ReaderTable {
  weir_split_reader table = sized<weir_split_reader>();
  std::unique_ptr<SplitReader> reader;

  explicit ReaderTable(std::unique_ptr<SplitReader> made) : reader(std::move(made)) {
    table.self = this;
    table.poll = [](void* self,
                    std::uint32_t messages_max,
                    weir_intake* intake,
                    std::uint32_t* ended,
                    weir_error* error) noexcept -> weir_status {
      return guard_whole(error,
                         [&] { *ended = at(self).poll(messages_max, Intake(intake)) ? 0 : 1; });
    };
    table.position = [](void* self) noexcept { return at(self).position(); };
    table.destroy = [](void* self) noexcept { delete static_cast<ReaderTable*>(self); };
  }

  static SplitReader& at(void* self) { return *static_cast<ReaderTable*>(self)->reader; }
};

struct SourceTable {
  weir_source_instance table = sized<weir_source_instance>();
  std::unique_ptr<SourceConnector> connector;
  std::vector<std::string> names;
  std::vector<weir_text> splits;

  explicit SourceTable(std::unique_ptr<SourceConnector> made) : connector(std::move(made)) {
    names = connector->splits();
    for (const std::string& name : names)
      splits.push_back(text_of(name));
    table.split_count = static_cast<std::uint32_t>(splits.size());
    table.splits = splits.data();
    table.self = this;
    table.open = [](void* self,
                    std::uint32_t split,
                    std::int64_t position,
                    weir_split_reader** reader,
                    weir_error* error) noexcept -> weir_status {
      return guard_whole(error, [&] {
        auto from = position < 0 ? std::nullopt : std::optional(position);
        auto opened = static_cast<SourceTable*>(self)->connector->open(split, from);
        if (opened == nullptr) throw std::logic_error("open() returned no reader");
        *reader = &(new ReaderTable(std::move(opened)))->table;
      });
    };
    table.quiesce = [](void* self) noexcept {
      static_cast<SourceTable*>(self)->connector->quiesce();
    };
    table.destroy = [](void* self) noexcept { delete static_cast<SourceTable*>(self); };
  }
};

inline Message message_of(const weir_message& table) {
  Message message;
  message.key = {reinterpret_cast<const char*>(table.key.data), table.key.size};
  message.value = {reinterpret_cast<const char*>(table.value.data), table.value.size};
  message.offset = table.offset;
  if (table.timestamp >= 0) message.timestamp = Time{table.timestamp};
  return message;
}

struct SinkTable {
  weir_sink_instance table = sized<weir_sink_instance>();
  std::unique_ptr<SinkConnector> connector;
  std::vector<Message> messages;

  explicit SinkTable(std::unique_ptr<SinkConnector> made) : connector(std::move(made)) {
    table.self = this;
    table.write = &write;
    table.flush = [](void* self, weir_error* error) noexcept -> weir_status {
      bool is_done = false;
      const weir_status status =
          guard_whole(error, [&] { is_done = static_cast<SinkTable*>(self)->connector->flush(); });
      return status == WEIR_OK && !is_done ? WEIR_AGAIN : status;
    };
    table.quiesce = [](void* self) noexcept {
      static_cast<SinkTable*>(self)->connector->quiesce();
    };
    table.destroy = [](void* self) noexcept { delete static_cast<SinkTable*>(self); };
  }

  static weir_status write(void* self,
                           const weir_message* tables,
                           std::uint32_t count,
                           std::uint32_t* taken,
                           weir_error* error) noexcept {
    *taken = 0;
    const weir_status status = guard_whole(error, [&] {
      auto& sink = *static_cast<SinkTable*>(self);
      sink.messages.clear();
      for (std::uint32_t i = 0; i < count; ++i)
        sink.messages.push_back(message_of(element(tables, i)));
      *taken = static_cast<std::uint32_t>(sink.connector->write(sink.messages));
    });
    return status == WEIR_OK && *taken < count ? WEIR_AGAIN : status;
  }
};

template <class Connector>
concept WithOptions =
    std::is_constructible_v<Connector, const typename Connector::Options&, const ConnectorContext&>;

// What one kind of connector and its table need beside the table itself.
template <class Table>
struct ConnectorDefinition {
  Table table = sized<Table>();
  std::string name;
  std::string doc;
  std::deque<ParameterSlot> options;
  ParameterTable parameters;

  template <class Connector>
  void describe(std::string_view its_name, std::string_view its_doc) {
    name = its_name;
    doc = its_doc;
    options = option_slots<typename Connector::Options>();
    for (const ParameterSlot& slot : options)
      parameters.add(slot);
    table.name = text_of(name);
    table.doc = text_of(doc);
    table.parameters = parameters.pointers.data();
    table.parameter_count = static_cast<std::uint32_t>(parameters.pointers.size());
  }
};

template <class Connector>
std::unique_ptr<Connector> make_connector(const weir_host* host,
                                          weir_text port,
                                          const weir_value* values) {
  using Options = typename Connector::Options;
  const ConnectorContext context(host, std::string_view(port.data, port.size));
  return std::make_unique<Connector>(read_options<Options>(values), context);
}

template <class Connector>
weir_status create_source(const weir_source_connector*,
                          const weir_host* host,
                          weir_text port,
                          const weir_value* values,
                          weir_source_instance** instance,
                          weir_error* error) noexcept {
  return guard_whole(error, [&] {
    *instance = &(new SourceTable(make_connector<Connector>(host, port, values)))->table;
  });
}

template <class Connector>
weir_status create_sink(const weir_sink_connector*,
                        const weir_host* host,
                        weir_text port,
                        const weir_value* values,
                        weir_sink_instance** instance,
                        weir_error* error) noexcept {
  return guard_whole(error, [&] {
    *instance = &(new SinkTable(make_connector<Connector>(host, port, values)))->table;
  });
}

}  // namespace detail
}  // namespace v1
}  // namespace weir
