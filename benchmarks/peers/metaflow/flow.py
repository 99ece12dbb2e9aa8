"""A fan-out as a Metaflow foreach; the join that Metaflow asks for after it runs the graph's joining step, if there is one."""

from metaflow import FlowSpec, step
from running import LEVELS, run_step


class Pipeline(FlowSpec):
    """start → each (foreach) → join → end."""

    @step
    def start(self):
        self.names = [one["name"] for one in LEVELS[0]]
        self.next(self.each, foreach="names")

    @step
    def each(self):
        run_step(self.input)
        self.next(self.join)

    @step
    def join(self, inputs):
        for level in LEVELS[1:]:
            for one in level:
                run_step(one["name"])
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    Pipeline()
