package reeve.serve.route;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import org.junit.jupiter.api.Test;

class OverflowTest {
    private final Overflow overflow = new Overflow();
    private final ArrayList<String> ran = new ArrayList<>();

    @Test
    void whoWaitsIsServedInOrderAndNoMoreThanTheBoundWait() {
        Runnable second = () -> ran.add("b");
        assertThat(overflow.offer(() -> ran.add("a"), 2)).isTrue();
        assertThat(overflow.offer(second, 2)).isTrue();
        assertThat(overflow.offer(() -> ran.add("x"), 2)).isFalse();
        overflow.next();
        assertThat(overflow.offer(() -> ran.add("c"), 2)).as("there is room again").isTrue();
        overflow.leave(second);
        overflow.leave(second);
        assertThat(overflow.offer(() -> ran.add("d"), 2)).isTrue();
        overflow.next();
        overflow.next();
        overflow.next();
        assertThat(ran).containsExactly("a", "c", "d");
        assertThat(overflow.isEmpty()).isTrue();
        assertThat(overflow.offer(second, 0)).isFalse();
    }
}
