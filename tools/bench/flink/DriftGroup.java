package weir.bench;

import org.apache.flink.api.common.functions.CoGroupFunction;
import org.apache.flink.util.Collector;

/**
 * Both sides of one user and window: how far audio and video are apart and how often both froze.
 */
final class DriftGroup implements CoGroupFunction<Quality, Quality, DriftGroup.Row> {
  private static final long serialVersionUID = 1;

  public static final class Row implements ResultRow {
    public String user;
    public long audio;
    public long video;
    public long drift;
    public long frozen;

    @Override
    public String key() {
      return user;
    }

    @Override
    public void appendTo(StringBuilder json) {
      json.append("{\"user\":\"")
          .append(user)
          .append("\",\"audio\":")
          .append(audio)
          .append(",\"video\":")
          .append(video)
          .append(",\"drift_ms\":")
          .append(drift)
          .append(",\"frozen\":")
          .append(frozen)
          .append('}');
    }
  }

  private static final class Side {
    String user;
    long rows;
    long time;
    long frozen;

    Side(Iterable<Quality> side) {
      for (Quality row : side) {
        user = row.user;
        rows++;
        time += row.ts;
        frozen += row.frozen ? 1 : 0;
      }
    }
  }

  @Override
  public void coGroup(Iterable<Quality> audios, Iterable<Quality> videos, Collector<Row> out) {
    Side audio = new Side(audios);
    Side video = new Side(videos);
    Row row = new Row();
    row.user = audio.rows > 0 ? audio.user : video.user;
    row.audio = audio.rows;
    row.video = video.rows;
    row.frozen = Math.min(audio.frozen, video.frozen);
    if (audio.rows > 0 && video.rows > 0) {
      row.drift = Math.abs(audio.time / audio.rows - video.time / video.rows);
    }
    out.collect(row);
  }
}
