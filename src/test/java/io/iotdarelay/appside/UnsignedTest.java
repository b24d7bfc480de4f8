package io.iotdarelay.appside;

import static org.assertj.core.api.Assertions.assertThat;

import io.iotdarelay.appside.Unsigned.Parameter;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class UnsignedTest {

    @Test
    void isSentAsItIsSigned() {
        Unsigned request = Unsigned.get(
                "h", "/v5/a b/表", List.of(new Parameter("b", "a b*~+/表"), new Parameter("a", "")), Map.of());

        assertThat(request.target()).isEqualTo("/v5/a%20b/%E8%A1%A8?a=&b=a%20b%2A~%2B%2F%E8%A1%A8");
    }

    /** Not by the pairs: the sign between name and value comes after digits. */
    @Test
    void isOrderedByNameAndThenByValue() {
        List<Parameter> query = List.of(
                new Parameter("a1", "x"), new Parameter("a", "z"), new Parameter("a", "y"), new Parameter("a-", "x"));

        assertThat(Unsigned.get("h", "/v5", query, Map.of()).encodedQuery()).isEqualTo("a=y&a=z&a-=x&a1=x");
    }

    @Test
    void hasNoQuestionMarkWithoutAQuery() {
        assertThat(Unsigned.get("h", "/v5", List.of(), Map.of()).target()).isEqualTo("/v5");
    }
}
