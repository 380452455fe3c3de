package weir.bench;

import java.nio.charset.StandardCharsets;
import java.util.Properties;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Where result rows go: nowhere (counted) or to a topic as JSON. */
final class Sinks {
  private Sinks() {}

  static <R extends ResultRow> Sink<R> blackhole() {
    return new Blackhole<>();
  }

  static <R extends ResultRow> Sink<R> kafka(String brokers, String topic, boolean exactlyOnce) {
    Properties producer = new Properties();
    producer.put("linger.ms", "20");
    producer.put("batch.size", "1048576");
    producer.put("buffer.memory", "134217728");
    producer.put("transaction.timeout.ms", "300000");
    return KafkaSink.<R>builder()
        .setBootstrapServers(brokers)
        .setKafkaProducerConfig(producer)
        .setRecordSerializer(new JsonRows<>(topic))
        .setTransactionalIdPrefix("flink-" + topic)
        .setDeliveryGuarantee(
            exactlyOnce ? DeliveryGuarantee.EXACTLY_ONCE : DeliveryGuarantee.AT_LEAST_ONCE)
        .build();
  }

  private static final class Blackhole<R> implements Sink<R> {
    private static final long serialVersionUID = 1;

    @Override
    public SinkWriter<R> createWriter(WriterInitContext context) {
      return new SinkWriter<>() {
        private long rows;

        @Override
        public void write(R row, Context at) {
          rows++;
        }

        @Override
        public void flush(boolean endOfInput) {
          Meter.addRows(rows);
          rows = 0;
        }

        @Override
        public void close() {
          flush(true);
        }
      };
    }
  }

  private static final class JsonRows<R extends ResultRow>
      implements KafkaRecordSerializationSchema<R> {
    private static final long serialVersionUID = 1;
    private final String topic;
    private transient StringBuilder json;

    JsonRows(String topic) {
      this.topic = topic;
    }

    @Override
    public ProducerRecord<byte[], byte[]> serialize(R row, KafkaSinkContext context, Long time) {
      if (json == null) {
        json = new StringBuilder(256);
      }
      json.setLength(0);
      row.appendTo(json);
      Meter.addRows(1);
      return new ProducerRecord<>(topic, row.key().getBytes(StandardCharsets.ISO_8859_1),
          json.toString().getBytes(StandardCharsets.ISO_8859_1));
    }
  }
}
