package io.iotdarelay.pipeline;

import io.iotdarelay.settings.Between;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * What a record may become.
 *
 * @param unmatched what happens to records that no route takes, because of {@code when}: they are skipped and counted, or they
 *     become dead letters.
 * @param maxReports how many reports one record may become. One that would become more is a dead letter ({@code too-large}).
 * @param maxReportsSize the bytes of all reports of one record, likewise.
 */
@ConfigurationProperties("relay.records")
public record RecordsProperties(
        @DefaultValue("skip") Unmatched unmatched,

        @Between(least = "1", most = "10000") @DefaultValue("1000")
        int maxReports,

        @Between(least = "64KB", most = "64MB") @DefaultValue("4MB")
        DataSize maxReportsSize) {

    /** What happens to records that no route takes. */
    public enum Unmatched {
        SKIP,
        REJECT
    }
}
