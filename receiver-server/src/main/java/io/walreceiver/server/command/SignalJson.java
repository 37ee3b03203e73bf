package io.walreceiver.server.command;

import io.walreceiver.schema.SignalSchema;
import io.walreceiver.schema.SignalType;
import io.walreceiver.server.console.Figures;
import java.util.List;

/** A signal type, as JSON. */
record SignalJson(int type, String name, String halfLife) {

    static List<SignalJson> of(SignalSchema schema) {
        return schema.types().stream()
                .map(type -> new SignalJson(type.index(), type.name(), halfLife(type)))
                .toList();
    }

    /** As schema files have it. */
    static String halfLife(SignalType type) {
        return type.halfLife().map(Figures::duration).orElse("permanent");
    }
}
