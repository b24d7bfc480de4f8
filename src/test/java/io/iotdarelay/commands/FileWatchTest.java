package io.iotdarelay.commands;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileWatchTest {

    @TempDir
    private Path folder;

    @Test
    void seesWhatHasChangedSinceItBegan() throws IOException {
        Path file = Files.writeString(folder.resolve("relay.yaml"), "a");
        FileWatch watch = new FileWatch(List.of(file, folder.resolve("missing")));

        Files.writeString(file, "ab");

        assertThat(watch.awaitChange()).isTrue();
    }

    /** As editors save. */
    @Test
    void seesThatAFileIsReplacedOrCreated() throws IOException {
        Path file = Files.writeString(folder.resolve("relay.yaml"), "a");
        FileWatch replaced = new FileWatch(List.of(file));
        Path other = Files.writeString(folder.resolve("other"), "another");
        Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);
        FileWatch created = new FileWatch(List.of(other));
        Files.writeString(other, "");

        assertThat(replaced.awaitChange()).isTrue();
        assertThat(created.awaitChange()).isTrue();
    }

    @Test
    void endsWhenItIsInterrupted() throws InterruptedException {
        FileWatch watch = new FileWatch(List.of(folder.resolve("relay.yaml")));
        boolean[] changed = {true};
        Thread thread = Thread.ofVirtual().start(() -> changed[0] = watch.awaitChange());

        thread.interrupt();
        thread.join();

        assertThat(changed[0]).isFalse();
    }
}
