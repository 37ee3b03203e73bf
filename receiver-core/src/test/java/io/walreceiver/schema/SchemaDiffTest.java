package io.walreceiver.schema;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SchemaDiffTest {

    /** A type is index=name:half-life in days, 0 for permanent. */
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "nothing,                        1=view:7 2=like:0, 1=view:7 2=like:0,          0, true",
        "another order,                  1=view:7 2=like:0, 2=like:0 1=view:7,          0, true",
        "new type,                       1=view:7,          1=view:7 2=like:0,          1, true",
        "first type,                     '',                1=view:7,                   1, true",
        "new name,                       1=view:7 2=like:0, 1=seen:7 2=like:0,          1, true",
        "new names for all,              1=view:7 2=like:0, 1=seen:7 2=liked:0,         2, true",
        "type gone,                      1=view:7 2=like:0, 1=view:7,                   1, false",
        "half-life,                      1=view:7,          1=view:8,                   1, false",
        "permanent no more,              2=like:0,          2=like:7,                   1, false",
        "permanent now,                  1=view:7,          1=view:0,                   1, false",
        "index used again,               1=view:7,          1=like:0,                   1, false",
        "names swapped,                  1=view:7 2=like:7, 1=like:7 2=view:7,          2, false",
        "types swapped,                  1=view:7 2=like:0, 1=like:0 2=view:7,          2, false",
        "type moved,                     1=view:7,          2=view:7,                   2, false",
        "name moved to a new index,      1=view:7,          1=seen:7 2=view:7,          2, false",
        "name of a type that is gone,    1=view:7 2=like:7, 1=like:7,                   2, false",
        "name of a type that is renamed, 1=view:7 2=like:7, 1=like:7 2=liked:7,         2, false",
        "one good and one bad,           1=view:7,          1=view:8 2=like:0,          2, false",
    })
    void aChangeIsCompatibleIfScoresKeepTheirMeaning(
            String what, String stored, String wanted, int changes, boolean compatible) {
        SchemaDiff diff = SchemaDiff.between(stored(stored), stored(wanted));

        assertThat(diff.changes()).as(diff.describe()).hasSize(changes);
        assertThat(diff.same()).isEqualTo(changes == 0);
        assertThat(diff.compatible()).as(diff.describe()).isEqualTo(compatible);
    }

    @Test
    void policyAndLeadDecideOverEventsToCome() {
        SignalSchema schema = schema("1=view:7");
        SchemaDiff diff = SchemaDiff.between(
                new StoredSchema(schema, InvalidEventPolicy.HOLD, Duration.ofHours(1)),
                new StoredSchema(schema, InvalidEventPolicy.SKIP, Duration.ofHours(2)));

        assertThat(diff.compatible()).isTrue();
        assertThat(diff.describe()).isEqualTo("""
                        compatible:   invalid events: stored HOLD, wanted SKIP
                        compatible:   maximum event lead: stored PT1H, wanted PT2H""");
    }

    @Test
    void everyChangeSaysWhatIsStoredAndWhatIsWanted() {
        SchemaDiff diff = SchemaDiff.between(
                stored("1=view:7 2=like:0 3=share:1 4=skip:1"), stored("1=view:8 3=shared:1 4=hide:2 9=new:0"));

        assertThat(diff.describe().lines())
                .containsExactly(
                        "incompatible: signal type 1: stored view (half-life PT168H), wanted view (half-life PT192H): its scores"
                                + " rest on the stored half-life; keep it, and add a type of another name and index with the"
                                + " wanted one, or replay the log into a new data directory",
                        "incompatible: signal type 2: stored like (permanent), wanted nothing: its events may be in the log and"
                                + " its scores in the ledger; keep it in the schema",
                        "compatible:   signal type 3: stored share (half-life PT24H), wanted shared (half-life PT24H)",
                        "incompatible: signal type 4: stored skip (half-life PT24H), wanted hide (half-life PT48H): the index"
                                + " would be used again for another type, with the scores of the stored one; keep the stored"
                                + " type and give the other an index that was never used",
                        "compatible:   signal type 9: stored nothing, wanted new (permanent)");
    }

    @Test
    void nothingToChangeIsSaid() {
        assertThat(SchemaDiff.between(stored("1=view:7"), stored("1=view:7")).describe())
                .isEqualTo("no change");
    }

    private static StoredSchema stored(String types) {
        return new StoredSchema(schema(types), InvalidEventPolicy.HOLD, Duration.ZERO);
    }

    private static SignalSchema schema(String types) {
        return SignalSchema.of(Arrays.stream(types.split(" "))
                .filter(type -> !type.isEmpty())
                .map(SchemaDiffTest::type)
                .toList());
    }

    private static SignalType type(String text) {
        String[] parts = text.split("[=:]");
        int index = Integer.parseInt(parts[0]);
        int days = Integer.parseInt(parts[2]);
        return days == 0
                ? SignalType.permanent(index, parts[1])
                : SignalType.exponential(index, parts[1], Duration.ofDays(days));
    }
}
