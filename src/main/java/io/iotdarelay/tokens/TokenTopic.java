package io.iotdarelay.tokens;

import io.iotdarelay.kafka.CompactedTopic;
import io.iotdarelay.metrics.TokenStoreMeters;
import io.iotdarelay.telemetry.DeviceId;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the topic of tokens, and looks after what was read. Belongs to the reading thread; any thread may ask for the status. */
final class TokenTopic implements CompactedTopic.Reader {

    private static final Logger log = LoggerFactory.getLogger(TokenTopic.class);

    private static final Duration SWEEP = Duration.ofSeconds(1);

    private final Sharing sharing;
    private final TokenTable tokens;
    private final TokenWriter writer;
    private final Envelope envelope;
    private final Sweep sweep;
    private final TokenStoreMeters meters;
    private final InstantSource time;
    private final String topic;
    private Instant sweepAt;
    private volatile boolean loaded;
    private volatile boolean current;
    private volatile Optional<Instant> readingSince = Optional.empty();
    private volatile Optional<String> trouble = Optional.empty();

    /**
     * A topic of which nothing was read.
     *
     * @param envelope of the reading thread alone
     */
    TokenTopic(
            String topic,
            Sharing sharing,
            TokenTable tokens,
            TokenWriter writer,
            Envelope envelope,
            Sweep sweep,
            TokenStoreMeters meters,
            InstantSource time) {
        this.topic = topic;
        this.sharing = sharing;
        this.tokens = tokens;
        this.writer = writer;
        this.envelope = envelope;
        this.sweep = sweep;
        this.meters = meters;
        this.time = time;
        this.sweepAt = time.instant();
    }

    @Override
    public boolean wantsAllAgain() {
        return true;
    }

    @Override
    public boolean isLoaded() {
        return loaded;
    }

    Optional<String> trouble() {
        return trouble;
    }

    /** Since when it has been read from its beginning, if its end has not been reached yet. */
    Optional<Instant> readingSince() {
        return readingSince;
    }

    /** Why what is known is not all that the topic holds, if so. */
    Optional<String> unread() {
        return current ? Optional.empty() : Optional.of("the topic " + topic + " is being read");
    }

    @Override
    public void begins() {
        if (loaded && trouble.isEmpty()) {
            log.atInfo().addKeyValue("topic", topic).log("The store of tokens is read again from its beginning");
        }
        writer.readable(false);
        current = false;
        readingSince = Optional.of(time.instant());
        sharing.begins();
    }

    @Override
    public void read(ConsumerRecord<byte[], byte[]> record) {
        String id = record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8);
        if (!DeviceId.isValid(id)) {
            meters.ignored("garbled");
            return;
        }
        DeviceId device = new DeviceId(id);
        if (record.value() == null) {
            sharing.deleted(device);
            return;
        }
        switch (envelope.open(device, record.value())) {
            case Envelope.Opened.Good good ->
                sharing.read(device, good.entry(), record.timestamp()).ifPresent(meters::ignored);
            case Envelope.Opened.Ignored ignored -> {
                sharing.unreadable(device);
                meters.ignored(ignored.reason());
            }
        }
    }

    @Override
    public void polled(boolean changed, boolean reached) {
        tokens.keepWithinBound();
        if (loaded) {
            sharing.passOn();
        } else {
            sharing.forgetNews();
        }
        if (reached && !current) {
            caughtUp();
        }
        if (current) {
            sweep();
        }
    }

    private void caughtUp() {
        if (!loaded) {
            log.atInfo()
                    .addKeyValue("topic", topic)
                    .addKeyValue("tokens", tokens.size())
                    .log("The store of tokens was read");
        } else if (trouble.isPresent()) {
            log.atInfo().addKeyValue("topic", topic).log("The store of tokens can be read again");
        }
        loaded = true;
        current = true;
        readingSince = Optional.empty();
        trouble = Optional.empty();
        writer.readable(true);
    }

    private void sweep() {
        if (!time.instant().isBefore(sweepAt)) {
            sweepAt = time.instant().plus(SWEEP);
            sharing.sweepClaims();
            sweep.some();
        }
    }

    @Override
    public void trouble(String why) {
        writer.readable(false);
        current = false;
        readingSince = Optional.empty();
        if (!trouble.equals(Optional.of(why))) {
            trouble = Optional.of(why);
            log.atWarn()
                    .addKeyValue("topic", topic)
                    .addKeyValue("reason", why)
                    .log("The store of tokens cannot be read; until it can, tokens are kept in memory only");
        }
    }
}
