package io.walreceiver.server.generate;

/** The schema file that goes with generated logs. */
final class SchemaText {

    static final String YAML = """
            # Signal types of the generated logs: the number in the segments, a name, and after how long a score is worth half.
            signals:
              - {type: 0, name: view, half-life: 7d}
              - {type: 1, name: like, half-life: 30d}
              - {type: 2, name: share, half-life: 1d}
              - {type: 3, name: hover, half-life: 1h}
            """;

    private SchemaText() {}
}
