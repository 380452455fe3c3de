package weir.bench;

import java.io.IOException;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.KafkaSourceBuilder;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** A topic from its beginning, to where it ends when the job starts or on and on; counts it. */
final class KafkaRows {
  private KafkaRows() {}

  static <T> KafkaSource<T> source(
      String brokers, String topic, RowDecoder<T> decoder, TypeInformation<T> type,
      boolean follows) {
    KafkaSourceBuilder<T> source = KafkaSource.<T>builder()
        .setBootstrapServers(brokers)
        .setTopics(topic)
        .setGroupId("flink-bench")
        .setStartingOffsets(OffsetsInitializer.earliest())
        .setProperty("max.poll.records", "2000")
        .setProperty("fetch.max.bytes", "8388608")
        .setProperty("max.partition.fetch.bytes", "2097152")
        .setProperty("check.crcs", "false")
        .setDeserializer(new Schema<>(decoder, type));
    if (!follows) {
      source.setBounded(OffsetsInitializer.latest());
    }
    return source.build();
  }

  private static final class Schema<T> implements KafkaRecordDeserializationSchema<T> {
    private static final long serialVersionUID = 1;
    private final RowDecoder<T> decoder;
    private final TypeInformation<T> type;
    private long counted;

    Schema(RowDecoder<T> decoder, TypeInformation<T> type) {
      this.decoder = decoder;
      this.type = type;
    }

    @Override
    public void deserialize(ConsumerRecord<byte[], byte[]> message, Collector<T> out)
        throws IOException {
      byte[] bytes = message.value();
      out.collect(decoder.decode(bytes, 0, bytes.length));
      if (++counted == Meter.BLOCK) {
        Meter.addRecords(counted);
        counted = 0;
      }
    }

    @Override
    public TypeInformation<T> getProducedType() {
      return type;
    }
  }
}
