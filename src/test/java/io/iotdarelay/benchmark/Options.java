package io.iotdarelay.benchmark;

import java.util.List;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.DefaultApplicationArguments;

/** What a benchmark is called with: {@code --name=value}, of which the last counts. */
public final class Options {

    private final ApplicationArguments arguments;

    public Options(String... arguments) {
        this.arguments = new DefaultApplicationArguments(arguments);
    }

    public boolean has(String name) {
        return arguments.containsOption(name);
    }

    public String text(String name, String otherwise) {
        List<String> values = arguments.getOptionValues(name);
        return values == null || values.isEmpty() ? otherwise : values.getLast();
    }

    public int number(String name, int otherwise) {
        return Integer.parseInt(text(name, Integer.toString(otherwise)));
    }

    /** Arguments of a JVM, separated by commas. */
    public String[] jvm(String otherwise) {
        return text("jvm", otherwise).split(",");
    }

    /** What is not an option. */
    public List<String> others() {
        return arguments.getNonOptionArgs();
    }

    @Override
    public String toString() {
        return String.join(" ", arguments.getSourceArgs());
    }
}
