package weir.bench;

/** A row that leaves the job. */
interface ResultRow {
  String key();

  void appendTo(StringBuilder json);
}
