package io.iotdarelay;

import io.iotdarelay.client.Client;
import io.iotdarelay.client.Terminal;
import java.io.BufferedReader;
import java.io.Console;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Runs a verb that asks a running relay, and ends the process. It loads nothing of the service. */
final class ClientStart {

    private static final int USUAL_COLUMNS = 80;
    private static final int MOST_COLUMNS = 1000;
    private static final int PATIENCE_MILLIS = 300;

    private ClientStart() {}

    static void run(String[] arguments) {
        Terminal terminal = new Terminal(
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)),
                new PrintWriter(System.out, false, StandardCharsets.UTF_8),
                new PrintWriter(System.err, true, StandardCharsets.UTF_8),
                isTerminal(System.console()),
                ClientStart::columns,
                System::getenv,
                InstantSource.system(),
                System::nanoTime,
                new ThisProcess());
        System.exit(Client.run(arguments, terminal));
    }

    private static boolean isTerminal(@Nullable Console console) {
        return console != null && console.isTerminal();
    }

    /** What the shell says, or the terminal; the image has no program that could ask it. */
    private static int columns() {
        String told = System.getenv("COLUMNS");
        int columns = number(told == null ? "" : told);
        return columns > 0 ? columns : sizeOfTheTerminal();
    }

    private static int sizeOfTheTerminal() {
        try {
            Process stty = new ProcessBuilder("stty", "size")
                    .redirectInput(new File("/dev/tty"))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (!stty.waitFor(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)) {
                stty.destroyForcibly();
                return USUAL_COLUMNS;
            }
            String size = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
            int columns = number(size.substring(size.indexOf(' ') + 1));
            return columns > 0 ? columns : USUAL_COLUMNS;
        } catch (IOException e) {
            return USUAL_COLUMNS;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return USUAL_COLUMNS;
        }
    }

    private static int number(String text) {
        return text.matches("\\d{1,4}") ? Math.min(Integer.parseInt(text), MOST_COLUMNS) : 0;
    }

    /** This process. */
    private static final class ThisProcess implements Terminal.Waiting {

        @Override
        public void rest(Duration time) {
            try {
                Thread.sleep(time);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public Terminal.Watch onInterrupt(Runnable farewell) {
            Thread hook = new Thread(farewell, "relay-farewell");
            Runtime.getRuntime().addShutdownHook(hook);
            return () -> {
                try {
                    Runtime.getRuntime().removeShutdownHook(hook);
                } catch (IllegalStateException e) {
                    // it is running already
                }
            };
        }
    }
}
