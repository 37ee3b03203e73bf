package io.walreceiver.server.logging;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.encoder.EncoderBase;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * A line for each event, which is a JSON object. Its names stay what they are, and it has no others: Logback's own encoder writes the
 * pattern instead of the message, and some that mean nothing outside.
 */
final class JsonLines extends EncoderBase<ILoggingEvent> {

    private static final int MAX_STACK_CHARS = 16 << 10;
    private static final byte[] NOTHING = {};
    private static final JsonMapper MAPPER = JsonMapper.shared();
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    @Override
    public byte[] encode(ILoggingEvent event) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("timestamp", TIME.format(Instant.ofEpochMilli(event.getTimeStamp())));
        line.put("level", event.getLevel().toString());
        line.put("logger", event.getLoggerName());
        line.put("thread", event.getThreadName());
        line.put("message", String.valueOf(event.getFormattedMessage()));
        IThrowableProxy error = event.getThrowableProxy();
        if (error != null) {
            line.put("error", error(error));
        }
        byte[] json = MAPPER.writeValueAsBytes(line);
        byte[] ended = Arrays.copyOf(json, json.length + 1);
        ended[json.length] = '\n';
        return ended;
    }

    private static Map<String, @Nullable Object> error(IThrowableProxy error) {
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        object.put("type", error.getClassName());
        object.put("message", error.getMessage());
        String stack = ThrowableProxyUtil.asString(error);
        object.put("stack", stack.length() > MAX_STACK_CHARS ? stack.substring(0, MAX_STACK_CHARS) + "..." : stack);
        return object;
    }

    @Override
    public byte[] headerBytes() {
        return NOTHING;
    }

    @Override
    public byte[] footerBytes() {
        return NOTHING;
    }
}
