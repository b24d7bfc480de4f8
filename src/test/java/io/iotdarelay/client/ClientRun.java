package io.iotdarelay.client;

import java.io.BufferedReader;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A verb, run in this process.
 *
 * @param farewells what would be said if the process were interrupted while it waits
 */
public record ClientRun(int exitCode, String out, String err, List<String> farewells) {

    /** How and where one is run. */
    public record Place(String input, boolean isInteractive, int columns, Map<String, String> environment) {

        /** No terminal. */
        public static Place quiet() {
            return new Place("", false, 80, Map.of());
        }

        public static Place terminal(int columns) {
            return new Place("", true, columns, Map.of("NO_COLOR", "1"));
        }

        public Place with(String name, String value) {
            Map<String, String> more = new java.util.HashMap<>(environment);
            more.put(name, value);
            return new Place(input, isInteractive, columns, Map.copyOf(more));
        }

        public Place typing(String text) {
            return new Place(text, isInteractive, columns, environment);
        }

        public ClientRun run(String... arguments) {
            return ClientRun.run(this, arguments);
        }
    }

    public static ClientRun of(String... arguments) {
        return Place.quiet().run(arguments);
    }

    private static ClientRun run(Place place, String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        Waits waits = new Waits(err);
        Terminal terminal = new Terminal(
                new BufferedReader(new StringReader(place.input())),
                new PrintWriter(out),
                new PrintWriter(err),
                place.isInteractive(),
                place::columns,
                name -> place.environment().get(name),
                () -> Instant.parse("2026-12-01T03:00:00Z"),
                waits.nanos::get,
                waits);
        return new ClientRun(Client.run(arguments, terminal), out.toString(), err.toString(), waits.farewells);
    }

    /** Nobody waits: the clock jumps. */
    private static final class Waits implements Terminal.Waiting {

        private final AtomicLong nanos = new AtomicLong();
        private final List<String> farewells = new ArrayList<>();
        private final StringWriter err;
        private @Nullable Runnable farewell;

        Waits(StringWriter err) {
            this.err = err;
        }

        @Override
        public void rest(Duration time) {
            nanos.addAndGet(time.toNanos());
            if (farewell != null) {
                int before = err.getBuffer().length();
                farewell.run();
                farewells.add(err.getBuffer().substring(before));
                err.getBuffer().setLength(before);
            }
        }

        @Override
        public Terminal.Watch onInterrupt(Runnable said) {
            farewell = said;
            return () -> farewell = null;
        }
    }

    public List<String> lines() {
        return out.lines().toList();
    }
}
