package io.walreceiver.server.web.read;

import io.walreceiver.schema.SignalType;
import io.walreceiver.server.web.PlainText;
import io.walreceiver.server.web.read.Parameters.NotSoException;
import io.walreceiver.server.web.read.Readings.AskedAsOf;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/**
 * What a query asks for.
 *
 * @param entities in the order of the request
 * @param signals whose readings are wanted
 * @param rankBy weights of scores by signal; empty if entities are wanted in their own order
 * @param limit how many entities are wanted
 */
record Query(
        List<Long> entities, List<SignalType> signals, Map<SignalType, Double> rankBy, int limit, AskedAsOf asked) {

    /** A rank must be finite, as JSON has no other numbers. */
    private static final double MAX_WEIGHT = 1e100;

    private static final Set<String> MEMBERS = Set.of("asOf", "entities", "limit", "rankBy", "signals");

    /** Reads a request's body; fails with all that is wrong with it. */
    static Query of(JsonNode body, Readings readings, ReadOptions options) {
        Mistakes mistakes = new Mistakes();
        if (!body.isObject()) {
            mistakes.add("the body: expected an object with entities");
            mistakes.check();
        }
        body.propertyNames().stream()
                .filter(name -> !MEMBERS.contains(name))
                .forEach(name -> mistakes.add("unknown member " + PlainText.word(name)
                        + ": expected asOf, entities, limit, rankBy, signals"));
        List<Long> entities = new ArrayList<>();
        Members members = new Members(body, mistakes);
        members.array("entities", options.maxEntities(), text -> entities.add(Values.entity(text)));
        if (!body.has("entities")) {
            mistakes.add("entities: expected an array of their ids, found none");
        }
        Map<SignalType, Double> rankBy = new LinkedHashMap<>();
        members.object("rankBy", (name, weight) -> rankBy.put(readings.signal(name), weight(weight)));
        List<SignalType> signals = new ArrayList<>();
        members.array("signals", 256, text -> signals.add(readings.signal(text)));
        if (!body.has("signals")) {
            signals.addAll(rankBy.isEmpty() ? readings.follower().schema().types() : rankBy.keySet());
        }
        long each = Math.max(signals.size(), rankBy.size());
        if (entities.size() * each > options.maxReadings()) {
            mistakes.add("expected at most " + options.maxReadings() + " readings, found " + entities.size()
                    + " entities with " + each + " signals: name the signals, or ask for fewer entities");
        }
        long[] limit = {options.maxEntities()};
        members.value("limit", text -> limit[0] = Values.number(text, 1, options.maxEntities()));
        long[] asOf = {Values.nanos(readings.follower().clock().instant())};
        members.value("asOf", text -> asOf[0] = Values.instant(text));
        mistakes.check();
        return new Query(entities, signals, rankBy, (int) limit[0], AskedAsOf.of(asOf[0]));
    }

    private static double weight(JsonNode weight) {
        if (!weight.isNumber() || !(Math.abs(weight.doubleValue()) <= MAX_WEIGHT)) {
            throw new NotSoException("a weight, a number from -1e100 to 1e100");
        }
        return weight.doubleValue();
    }

    /** Members of an object: what is wrong with one is told by its name. */
    private record Members(JsonNode object, Mistakes mistakes) {

        private interface Entry {
            void take(String name, JsonNode value);
        }

        /** Of numbers, or of strings. */
        void array(String name, int most, Consumer<String> element) {
            JsonNode array = object.path(name);
            if (array.isMissingNode()) {
                return;
            }
            if (!array.isArray() || array.size() > most) {
                mistakes.add(name + ": expected an array of at most " + most
                        + (array.isArray() ? ", found " + array.size() : ""));
                return;
            }
            for (int i = 0; i < array.size(); i++) {
                scalar(name + "[" + i + "]", array.get(i), element);
            }
        }

        void object(String name, Entry entry) {
            JsonNode inner = object.path(name);
            if (!inner.isMissingNode() && !inner.isObject()) {
                mistakes.add(name + ": expected an object, a signal's weight by its name");
                return;
            }
            inner.properties()
                    .forEach(member -> expected(
                            name + "." + PlainText.word(member.getKey()),
                            member.getValue(),
                            () -> entry.take(member.getKey(), member.getValue())));
        }

        void value(String name, Consumer<String> value) {
            if (object.has(name)) {
                scalar(name, object.path(name), value);
            }
        }

        private void scalar(String name, JsonNode value, Consumer<String> take) {
            expected(name, value, () -> {
                if (!value.isString() && !value.isIntegralNumber()) {
                    throw new NotSoException("a string or a whole number");
                }
                take.accept(value.asString());
            });
        }

        private void expected(String name, JsonNode value, Runnable take) {
            try {
                take.run();
            } catch (NotSoException e) {
                mistakes.add(name + ": expected " + e.getMessage() + ", found " + PlainText.word(value.toString()));
            }
        }
    }
}
