import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/** What the script `kafka` asks of a running broker: KafkaAdmin BOOTSTRAP COMMAND ARGUMENT... */
public final class KafkaAdmin {
  public static void main(String[] args) throws Exception {
    Properties properties = new Properties();
    properties.put("bootstrap.servers", args[0]);
    List<String> rest = List.of(args).subList(2, args.length);
    try (Admin admin = Admin.create(properties)) {
      switch (args[1]) {
        case "create" -> create(admin, rest);
        case "delete" -> admin.deleteTopics(rest).all().get();
        case "topics" -> topics(admin);
        case "offsets" -> offsets(admin, rest);
        case "partitions" ->
            admin
                .createPartitions(
                    Map.of(rest.get(0), NewPartitions.increaseTo(Integer.parseInt(rest.get(1)))))
                .all()
                .get();
        case "delete-records" ->
            admin
                .deleteRecords(
                    Map.of(
                        new TopicPartition(rest.get(0), Integer.parseInt(rest.get(1))),
                        RecordsToDelete.beforeOffset(Long.parseLong(rest.get(2)))))
                .all()
                .get();
        case "add-rights" -> admin.createAcls(rights(rest)).all().get();
        case "remove-rights" ->
            admin.deleteAcls(rights(rest).stream().map(AclBinding::toFilter).toList()).all().get();
        case "group" -> group(admin, rest.get(0));
        default -> throw new IllegalArgumentException(args[1]);
      }
    }
  }

  /** Each is NAME, NAME:PARTITIONS or NAME:PARTITIONS:key=value,key=value. */
  private static void create(Admin admin, List<String> topics) throws Exception {
    List<NewTopic> created = new ArrayList<>();
    for (String topic : topics) {
      String[] parts = topic.split(":", 3);
      int partitions = parts.length > 1 ? Integer.parseInt(parts[1]) : 1;
      Map<String, String> settings = new HashMap<>();
      if (parts.length > 2) {
        for (String setting : parts[2].split(",")) {
          String[] pair = setting.split("=", 2);
          settings.put(pair[0], pair[1]);
        }
      }
      created.add(
          new NewTopic(parts[0], Optional.of(partitions), Optional.empty()).configs(settings));
    }
    admin.createTopics(created).all().get();
  }

  private static void topics(Admin admin) throws Exception {
    for (TopicDescription topic : described(admin, admin.listTopics().names().get())) {
      System.out.println(topic.name() + " " + topic.partitions().size());
    }
  }

  private static void offsets(Admin admin, List<String> names) throws Exception {
    for (TopicDescription topic : described(admin, names)) {
      Map<TopicPartition, OffsetSpec> earliest = new HashMap<>();
      Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
      for (int i = 0; i < topic.partitions().size(); i++) {
        earliest.put(new TopicPartition(topic.name(), i), OffsetSpec.earliest());
        latest.put(new TopicPartition(topic.name(), i), OffsetSpec.latest());
      }
      var first = admin.listOffsets(earliest).all().get();
      var end = admin.listOffsets(latest).all().get();
      for (int i = 0; i < topic.partitions().size(); i++) {
        var partition = new TopicPartition(topic.name(), i);
        System.out.printf(
            "%s %d %d %d%n",
            topic.name(), i, first.get(partition).offset(), end.get(partition).offset());
      }
    }
  }

  /** USER ALLOW|DENY, then OPERATION TYPE NAME for each, as Kafka names them. */
  private static List<AclBinding> rights(List<String> words) {
    List<AclBinding> rights = new ArrayList<>();
    for (int i = 2; i < words.size(); i += 3) {
      rights.add(
          new AclBinding(
              new ResourcePattern(
                  ResourceType.valueOf(words.get(i + 1)), words.get(i + 2), PatternType.LITERAL),
              new AccessControlEntry(
                  "User:" + words.get(0),
                  "*",
                  AclOperation.valueOf(words.get(i)),
                  AclPermissionType.valueOf(words.get(1)))));
    }
    return rights;
  }

  private static void group(Admin admin, String group) throws Exception {
    var committed = admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get();
    var sorted = new TreeMap<String, String>();
    committed.forEach(
        (partition, position) ->
            sorted.put(
                String.format("%s %06d", partition.topic(), partition.partition()),
                String.format(
                    "%s %d %d %s",
                    partition.topic(),
                    partition.partition(),
                    position.offset(),
                    position.metadata())));
    sorted.values().forEach(System.out::println);
  }

  private static Iterable<TopicDescription> described(
      Admin admin, java.util.Collection<String> names) throws Exception {
    return new TreeMap<>(admin.describeTopics(names).allTopicNames().get()).values();
  }
}
